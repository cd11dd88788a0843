import { bytesOf } from './json.js'
import type { Outcome, OutcomeStatus, UnknownOutcome } from './outcome.js'
import { cut } from './text.js'

/** How a step ends that has not succeeded. */
type Unsuccessful = Exclude<OutcomeStatus, 'succeeded'>

/**
 * Types of the failure by which a step says that its media did not succeed. Each is a contract: people catch it, and see it in the
 * Temporal UI.
 */
const failureTypes = {
  partial: 'MediaPartial',
  failed: 'MediaFailed',
  aborted: 'MediaAborted',
  unknown: 'MediaUnknown',
  detached: 'MediaDetached',
} as const satisfies Record<Unsuccessful, string>

/** What the failure of a step carries at most, in UTF-8 bytes: Temporal copies it to every parent. */
export const maxFailureBytes = 16 * 1024

/** TaskIds and FileIds that a shortened outcome keeps of each list. */
const maxIds = 100

/** The failure that an outcome becomes, as the arguments of `ApplicationFailure.nonRetryable`. */
export interface MediaFailure {
  readonly message: string
  readonly type: string
  /** The outcome; over {@link maxFailureBytes} without its tasks, and `truncated`. */
  readonly outcome: Outcome
}

/** Undefined where the step has succeeded. */
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
  const [outcome] = Array.isArray(details) ? details : []
  const { status, reason, tasks, attempts } = Object(outcome) as Partial<Record<keyof Outcome, unknown>>
  const isOne =
    typeof reason === 'string' &&
    Array.isArray(tasks) &&
    Array.isArray(attempts) &&
    failureTypes[status as Unsuccessful] === type
  return type !== undefined && isOne ? outcome : undefined
}
