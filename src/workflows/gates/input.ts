import { duration, list, optional } from '../../contract/check.js'
import type { Duration } from '../../contract/duration.js'
import type { GateView } from '../../contract/gates.js'
import type { ModerationResult } from '../../contract/outcome.js'
import { durationRule, waitsRule } from '../../contract/patterns.js'
import { refuse, requireValid } from '../refuse.js'

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
  /** VOD's verdicts, from an outcome. Without them, a person decides, regardless of the policy. */
  readonly moderation: ModerationResult | undefined
  /** The name of the gate, unique in its run. Default `review`. */
  readonly gate?: string
  /** Small plain JSON that tells the person what the decision is about. */
  readonly subject?: unknown
  /**
   * Default: the Suggestion of `moderation`, which is the worst of all verdicts. `review` waits for a person. The function must be
   * deterministic, like all workflow code.
   */
  readonly policy?: (moderation: ModerationResult) => PolicyVerdict
  /** The times of the reminders, counted from the opening of the gate. Default 4, 24 and 48 hours. */
  readonly remindAfter?: readonly Duration[]
  /** The time of the escalation, counted from the opening of the gate. Default 24 hours. */
  readonly escalateAfter?: Duration
  /** The time at which the gate is decided without a person, counted from its opening. Default 72 hours. */
  readonly deadline?: Duration
  /** The decision at the deadline. Default `rejected`. */
  readonly onDeadline?: 'approved' | 'rejected'
  /** Notifies people, e.g. with `notify`. A failure is logged and delays nothing. Default: no notification. */
  readonly onEvent?: (event: GateEvent) => unknown
}

export const maxGateName = 200

const time = duration(durationRule)
const times = list(time, waitsRule)

/**
 * Checks the input, because a time as text or a policy that is not a function would fail every workflow task.
 *
 * @throws ApplicationFailure that names the field.
 */
export function checkGateInput(input: ReviewGateInput): void {
  if (typeof input !== 'object' || input === null)
    throw refuse('moderation', 'is missing', 'pass { moderation }, with undefined if there is no verdict')
  const { gate = 'review', moderation, policy, onEvent, remindAfter = [], escalateAfter, deadline } = input
  if (typeof gate !== 'string' || gate === '' || gate.length > maxGateName)
    throw refuse('gate', 'is not a name', `pass 1 to ${maxGateName} characters`)
  if (moderation !== undefined && !isModeration(moderation))
    throw refuse(
      'moderation',
      'has no Suggestion or no verdicts',
      'pass the moderation of an outcome, or undefined',
    )
  checkFunctions({ policy, onEvent })
  requireValid(remindAfter, times, 'remindAfter')
  requireValid(escalateAfter, optional(time), 'escalateAfter')
  requireValid(deadline, optional(time), 'deadline')
  const onDeadline = input.onDeadline ?? 'rejected'
  if (onDeadline !== 'approved' && onDeadline !== 'rejected')
    throw refuse('onDeadline', 'is not a decision', 'pass approved or rejected')
}

function checkFunctions(given: Readonly<Record<string, unknown>>): void {
  for (const [name, what] of Object.entries(given)) {
    if (what !== undefined && typeof what !== 'function')
      throw refuse(name, 'is not a function', 'pass a function, or leave it out')
  }
}

function isModeration(given: unknown): boolean {
  const { Suggestion, verdicts } = Object(given) as Partial<ModerationResult>
  return typeof Suggestion === 'string' && Array.isArray(verdicts)
}
