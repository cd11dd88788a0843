import {
  type Check,
  callable,
  duration,
  exactly,
  list,
  oneOf,
  optional,
  plainJson,
  text,
} from '../../contract/check.js'
import { type Duration, msOf } from '../../contract/duration.js'
import { decisionValues, type GateView } from '../../contract/gates.js'
import { moderationCheck } from '../../contract/moderationCheck.js'
import type { ModerationResult } from '../../contract/outcome.js'
import { deadlineRule, durationRule, gateNameRule, waitsRule } from '../../contract/patterns.js'
import { hour } from '../../contract/time.js'
import { requireValid } from '../refuse.js'

/** The result of a policy: continue, stop, or let a person decide. */
export type PolicyVerdict = 'pass' | 'block' | 'review'

/** An event at a gate for which people may want a notification. */
export interface GateEvent {
  /** What has happened: the gate opened, a reminder is due, or `escalateAfter` has passed. */
  readonly type: 'opened' | 'reminder' | 'escalated'
  /** The gate, as it is now. */
  readonly gate: GateView
}

/** The input of `reviewGate`. */
export interface ReviewGateInput {
  /**
   * VOD's verdicts, from an outcome. Without `moderation`, a person decides, regardless of the policy. An empty list of verdicts approves
   * nothing: a person decides, unless the policy returns `block`.
   */
  readonly moderation: ModerationResult | undefined
  /** The name of the gate, unique in its run. Default `review`. */
  readonly gate?: string | undefined
  /** Small plain JSON that tells the person what the decision is about. */
  readonly subject?: unknown
  /**
   * Default: the worst Suggestion of `moderation` and its verdicts. `review` waits for a person, and so does `undefined`. Any
   * other result, e.g. the promise of an async function, fails the gate as `InvalidInput`. The function must be deterministic, like all
   * workflow code.
   */
  readonly policy?: ((moderation: ModerationResult) => PolicyVerdict) | undefined
  /**
   * The times of the reminders, counted from the opening of the gate and before the deadline. Default: those of 4, 24 and 48 hours that are
   * before the deadline.
   */
  readonly remindAfter?: readonly Duration[] | undefined
  /**
   * The time of the escalation, counted from the opening of the gate and before the deadline. Default 24 hours, or none if the deadline is
   * earlier.
   */
  readonly escalateAfter?: Duration | undefined
  /** The time at which the gate is decided without a person, counted from its opening. At least 1 second. Default 72 hours. */
  readonly deadline?: Duration | undefined
  /** The decision at the deadline. Default `rejected`. */
  readonly onDeadline?: 'approved' | 'rejected' | undefined
  /** Notifies people, e.g. with `notify`. A failure is logged and delays nothing. Default: no notification. */
  readonly onEvent?: ((event: GateEvent) => unknown) | undefined
}

export const defaultDeadline = 72 * hour

const time = duration(durationRule)
const options = exactly<ReviewGateInput>(
  {
    moderation: optional(moderationCheck),
    gate: optional(text(gateNameRule)),
    subject: plainJson,
    policy: optional(callable()),
    remindAfter: optional(list(time, waitsRule)),
    escalateAfter: optional(time),
    deadline: optional(duration(deadlineRule)),
    onDeadline: optional(oneOf(decisionValues)),
    onEvent: optional(callable()),
  },
  'pass { moderation }, with undefined if there is no verdict',
)

const gateInput: Check<ReviewGateInput> = function* (value) {
  const problems = [...options(value)]
  yield* problems
  if (problems.length > 0) return
  const { remindAfter = [], escalateAfter, deadline = defaultDeadline } = value as ReviewGateInput
  const times = [
    ...remindAfter.map((time, index) => [`remindAfter.${index}`, time] as const),
    ...(escalateAfter === undefined ? [] : [['escalateAfter', escalateAfter] as const]),
  ]
  for (const [field, time] of times)
    if (msOf(time) >= msOf(deadline))
      yield {
        field,
        problem: 'is not before the deadline',
        remedy: 'pass an earlier time, or a later `deadline`',
      }
}

/**
 * Checks the input, because a time as text or a policy that is not a function would fail every workflow task, and a misspelled option would
 * let the default decide.
 *
 * @throws ApplicationFailure that names the field.
 */
export function checkGateInput(input: ReviewGateInput): void {
  requireValid(input, gateInput)
}
