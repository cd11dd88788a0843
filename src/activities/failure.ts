import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import { backoffMs } from '../contract/backoff.js'
import { InvalidInputError, VodError } from '../contract/errors.js'
import { second } from '../contract/time.js'

/** `details[0]` of every failure that a VOD error becomes. Its `type` is the error's class. */
export interface FailureDetails {
  readonly code: string
  readonly requestId: string
  readonly action: string
  readonly remedy: string
}

export interface FailureOptions {
  /** Trying again cannot help, and VOD has certainly done nothing. Default: only for input that is refused here. */
  readonly nonRetryable?: boolean
  /** Number of this attempt, from 1. */
  readonly attempt: number
  /** Of a refusal: when it is tried again. Default: as the activity's retry policy says. */
  readonly waitMs?: number
}

/** A list of 10,000 ids can have a problem each, and the details stand in the history. */
const maxProblems = 10

/** An input that only the worker can refuse. Temporal does not retry it. */
export function refused(field: string, problem: string, remedy: string): ApplicationFailure {
  return toFailure(new InvalidInputError([{ field, problem, remedy }]), { attempt: 1 })
}

/** Says a VOD error in Temporal's words. */
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

/** Ends the attempt without an alarm: the same activity asks again after `delayMs`, at no cost in history. */
export function askAgain(message: string, delayMs: number): ApplicationFailure {
  return ApplicationFailure.create({
    message,
    type: 'NotYet',
    nextRetryDelay: Math.max(1, delayMs),
    category: ApplicationFailureCategory.BENIGN,
  })
}

/** Full jitter between 1 s and 2, 4, 8 ... at most 30 s: throttled callers must not come back together. */
function throttleDelayMs(attempt: number): number {
  const span = backoffMs({ first: second, most: 30 * second }, attempt) - second
  return second + Math.floor(Math.random() * span)
}
