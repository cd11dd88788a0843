import { duration, list, optional } from '../../contract/check.js'
import type { Duration } from '../../contract/duration.js'
import type { GateView } from '../../contract/gates.js'
import type { ModerationResult } from '../../contract/outcome.js'
import { durationRule, waitsRule } from '../../contract/patterns.js'
import { refuse, requireValid } from '../refuse.js'

/** What a policy says: go on, stop, or let a person decide. */
export type PolicyVerdict = 'pass' | 'block' | 'review'

/** Something has happened at a gate that people may want to hear of. */
export interface GateEvent {
  /** What has happened: the gate opened, a reminder is due, or `escalateAfter` has passed. */
  readonly type: 'opened' | 'reminder' | 'escalated'
  /** The gate, as it is now. */
  readonly gate: GateView
}

/** What a review gate is told. */
export interface ReviewGateInput {
  /** VOD's verdicts, from an outcome. Without them a person decides, whatever the policy. */
  readonly moderation: ModerationResult | undefined
  /** Names the gate inside its run. Default `review`. */
  readonly gate?: string
  /** What it is about, for the person who decides: plain JSON, small. */
  readonly subject?: unknown
  /** Default: the Suggestion of `moderation`, the worst of all verdicts; `review` waits for a person. Must be deterministic, as all of a workflow. */
  readonly policy?: (moderation: ModerationResult) => PolicyVerdict
  /** When people are reminded, counted from the opening of the gate. Default 4, 24 and 48 hours. */
  readonly remindAfter?: readonly Duration[]
  /** When somebody else is told, counted from the opening of the gate. Default 24 hours. */
  readonly escalateAfter?: Duration
  /** When the gate is decided without a person, counted from its opening. Default 72 hours. */
  readonly deadline?: Duration
  /** How it is decided then. Default `rejected`. */
  readonly onDeadline?: 'approved' | 'rejected'
  /** Tells people, e.g. with `notify`. Its failure is logged and holds up nothing. Default: nobody is told. */
  readonly onEvent?: (event: GateEvent) => unknown
}

export const maxGateName = 200

const time = duration(durationRule)
const times = list(time, waitsRule)

/** A time as text, or a policy that is none, would fail the workflow task again and again. @throws ApplicationFailure that names the field. */
export function checkGateInput(input: ReviewGateInput): void {
  if (typeof input !== 'object' || input === null)
    throw refuse('moderation', 'is missing', 'give { moderation }, undefined where VOD gave no verdict')
  const { gate = 'review', moderation, policy, onEvent, remindAfter = [], escalateAfter, deadline } = input
  if (typeof gate !== 'string' || gate === '' || gate.length > maxGateName)
    throw refuse('gate', 'is not a name', `give 1 to ${maxGateName} characters`)
  if (moderation !== undefined && !isModeration(moderation))
    throw refuse('moderation', 'has no Suggestion or no verdicts', 'give that of an outcome, or undefined')
  checkFunctions({ policy, onEvent })
  requireValid(remindAfter, times, 'remindAfter')
  requireValid(escalateAfter, optional(time), 'escalateAfter')
  requireValid(deadline, optional(time), 'deadline')
  const onDeadline = input.onDeadline ?? 'rejected'
  if (onDeadline !== 'approved' && onDeadline !== 'rejected')
    throw refuse('onDeadline', 'is no decision', 'give approved or rejected')
}

function checkFunctions(given: Readonly<Record<string, unknown>>): void {
  for (const [name, what] of Object.entries(given)) {
    if (what !== undefined && typeof what !== 'function')
      throw refuse(name, 'is not a function', 'give one, or leave it out')
  }
}

function isModeration(given: unknown): boolean {
  const { Suggestion, verdicts } = Object(given) as Partial<ModerationResult>
  return typeof Suggestion === 'string' && Array.isArray(verdicts)
}
