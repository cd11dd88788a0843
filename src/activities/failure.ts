import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import { backoffMs } from '../contract/backoff.js'
import { type FieldProblem, InvalidInputError, VodError } from '../contract/errors.js'
import { second } from '../contract/time.js'

/** `details[0]` of a failure that was made from a VOD error. The `type` of the failure is the error's class. */
export interface FailureDetails {
  readonly code: string
  readonly requestId: string
  readonly action: string
  readonly remedy: string
}

export interface FailureOptions {
  /** A retry cannot help, and VOD has certainly done nothing. Default: `true` only for input that vodflow itself refuses. */
  readonly nonRetryable?: boolean
  /** The number of this attempt, from 1. */
  readonly attempt: number
  /** The wait before the retry, in ms. Default: the wait of the activity's retry policy. */
  readonly waitMs?: number
}

/** The attempts of an activity that VOD gives answers which contradict themselves or lack a member, 2 to 4 minutes in all. */
const oddAnswers = 8

/** Returns the options with which a run fails, and says so, if VOD's answer still cannot be used. Otherwise it asks forever. */
export function untilUnusable(error: unknown, attempt: number): FailureOptions {
  const isOdd = error instanceof VodError && error.vodCode === 'ClientError.BadResponse'
  return isOdd && attempt >= oddAnswers ? { attempt, nonRetryable: true } : { attempt }
}

/** Each of 10,000 ids in a list can have a problem, and the history keeps the details. */
const maxProblems = 10

/** Returns the failure for an input that only the worker can refuse. Temporal does not retry it. */
export function refused(
  field: string,
  problem: string,
  remedy: string | Pick<FieldProblem, 'remedy' | 'command'>,
): ApplicationFailure {
  const advice = typeof remedy === 'string' ? { remedy } : remedy
  return toFailure(new InvalidInputError([{ field, problem, ...advice }]), { attempt: 1 })
}

/** Converts an error to a failure of Temporal. */
export function toFailure(
  error: unknown,
  { nonRetryable, attempt, waitMs }: FailureOptions,
): ApplicationFailure {
  if (error instanceof InvalidInputError) {
    return ApplicationFailure.create({
      message: error.message,
      type: 'InvalidInput',
      nonRetryable: nonRetryable ?? true,
      details: error.problems.slice(0, maxProblems),
    })
  }
  if (!(error instanceof VodError)) {
    const message = error instanceof Error ? error.message : String(error)
    return ApplicationFailure.create({
      message,
      type: error instanceof Error ? error.name : 'Error',
      nonRetryable: nonRetryable ?? false,
    })
  }
  const details: FailureDetails = {
    code: error.vodCode,
    requestId: error.requestId,
    action: error.action,
    remedy: error.remedy,
  }
  const throttled = error.class === 'throttled'
  return ApplicationFailure.create({
    message: error.message,
    type: error.class,
    nonRetryable: nonRetryable ?? false,
    details: [details],
    nextRetryDelay: waitMs,
    ...(throttled
      ? { nextRetryDelay: throttleDelayMs(attempt), category: ApplicationFailureCategory.BENIGN }
      : {}),
  })
}

/** Returns a benign failure that ends the attempt. The activity is retried after `delayMs`, which adds nothing to the history. */
export function askAgain(message: string, delayMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: 'NotYet',
    nextRetryDelay: Math.max(1, delayMs),
    category: ApplicationFailureCategory.BENIGN,
  })
}

/** Full jitter between 1 s and 2, 4, 8 ... at most 30 s, so that throttled callers do not retry together. */
function throttleDelayMs(attempt: number): number {
  const span = backoffMs({ first: second, most: 30 * second }, attempt) - second
  return second + Math.floor(Math.random() * span)
}
