import { passing } from './check.js'
import { bytesOf } from './json.js'
import type { Outcome, OutcomeStatus, UnknownOutcome } from './outcome.js'
import { outcomeCheck } from './outcomeCheck.js'
import { cut } from './text.js'

/** The statuses of a step that did not succeed. */
type Unsuccessful = Exclude<OutcomeStatus, 'succeeded'>

/**
 * The types of the failure of a step whose media did not succeed. Each is a contract: users catch it, and the Temporal UI shows it.
 */
export const failureTypes = {
  partial: 'MediaPartial',
  failed: 'MediaFailed',
  aborted: 'MediaAborted',
  unknown: 'MediaUnknown',
  detached: 'MediaDetached',
} as const satisfies Record<Unsuccessful, string>

/** The largest outcome in the failure of a step, in UTF-8 bytes. Temporal copies the failure to every parent. */
export const maxFailureBytes = 16 * 1024

/** The largest number of TaskIds and FileIds in each list of a shortened outcome. */
const maxIds = 100

/** The failure for an outcome, as the arguments of `ApplicationFailure.nonRetryable`. */
export interface MediaFailure {
  readonly message: string
  readonly type: string
  /** The outcome. Above {@link maxFailureBytes}, it has no tasks and is `truncated`. */
  readonly outcome: Outcome
}

/** Returns the failure for an outcome, or undefined if the step succeeded. */
export function mediaFailureOf(outcome: Outcome): MediaFailure | undefined {
  const { status, reason, FileId, attempts } = outcome
  if (status === 'succeeded') return undefined
  const what = [attempts.at(-1)?.action, FileId].filter(Boolean).join(' of ')
  return {
    message: `${what || 'The step'} ended ${status}: ${cut(reason, 1_000)}`,
    type: failureTypes[status],
    outcome: bytesOf(outcome) <= maxFailureBytes ? outcome : shortened(outcome),
  }
}

function shortened(outcome: Outcome): Outcome {
  const whole: Omit<UnknownOutcome, 'status'> & Pick<Outcome, 'status'> = outcome
  const { moderation: _, mediaOutputs: __, ImportMediaKnowledgeTaskIdSet: ___, ...kept } = whole
  return {
    ...kept,
    reason: cut(outcome.reason, 1_000),
    newFileIds: outcome.newFileIds.slice(0, maxIds),
    tasks: [],
    attempts: outcome.attempts.map((attempt) => ({
      ...attempt,
      TaskIds: attempt.TaskIds.slice(0, Math.floor(maxIds / outcome.attempts.length)),
      reason: cut(attempt.reason, 1_000),
    })),
    truncated: true,
  }
}

/** Returns the outcome in the failure of a step, or undefined for any other failure. It looks at no cause. */
export function outcomeOfFailure(failure: unknown): Outcome | undefined {
  const { type, details } = Object(failure) as { readonly type?: unknown; readonly details?: unknown }
  const outcome = passing(outcomeCheck, Array.isArray(details) ? details[0] : undefined)
  return outcome && mediaFailureOf(outcome)?.type === type ? outcome : undefined
}
