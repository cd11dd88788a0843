import type { ModerationVerdict } from './outcome.js'
import { summaryText } from './summary.js'

/** Names and types that clients and gates share. This file must not import workflow code. */

/** The name of the update with which a person decides. It is a contract and never changes. */
export const decideUpdate = 'vodflow.decide'

/** The name of the query that returns every gate of a run. It is a contract and never changes. */
export const gatesQuery = 'vodflow.gates'

export const decisionValues = ['approved', 'rejected'] as const

/** The decision of a person. */
export interface DecideOptions {
  /** The name of the gate. */
  readonly gate: string
  /** The decision. */
  readonly decision: 'approved' | 'rejected'
  /** The name of the person who decides, 1 to 200 characters, and not `policy` or `deadline`. */
  readonly by: string
  /** The reason, 1 to 2,000 characters. */
  readonly reason: string
  /**
   * The run whose gate the person has seen, from the {@link GateView}. A workflow that continues as new may have a gate with the same name
   * in each of its runs, and no other run accepts the decision. Default: the latest run of the workflow id.
   */
  readonly runId?: string | undefined
}

/** A decision at a gate. `decidedBy` is the kind of decision; `by` is the name of the person, `policy` or `deadline`. */
export type GateDecision = {
  readonly gate: string
  readonly decision: 'approved' | 'rejected'
  readonly reason: string
  /** ISO 8601. */
  readonly decidedAt: string
} & (
  | { readonly decidedBy: 'person'; readonly by: string }
  | { readonly decidedBy: 'policy'; readonly by: 'policy' }
  | { readonly decidedBy: 'deadline'; readonly by: 'deadline' }
)

/** Returns who decided, when and why. */
export function howDecided({ decidedBy, by, decidedAt, reason }: GateDecision): string {
  const who = { policy: 'by its policy', person: `by ${by}`, deadline: 'by its deadline' }[decidedBy]
  return `${who} at ${decidedAt}: ${reason}`
}

/** Returns true if the same person repeats the same decision. */
export function saysTheSame(
  earlier: GateDecision,
  { decision, by }: Pick<DecideOptions, 'decision' | 'by'>,
): boolean {
  return earlier.decidedBy === 'person' && earlier.by === by && earlier.decision === decision
}

/** The largest size of the name of a gate in a summary, which also has other text. */
const maxGateBytes = 300

const timerOfGate = 'review gate '
const untilNext = ': until the next '
const atDeadline = ': until its deadline, then '

/** Returns the summary of the timer of a gate's next reminder. */
export function reminderSummary(gate: string, what: 'reminder' | 'escalated'): string {
  return `${timerOfGate}${summaryText(gate, maxGateBytes)}${untilNext}${what}`
}

/** Returns the summary of the timer that decides at a gate without a person. */
export function deadlineSummary({ gate, decision }: Pick<GateDecision, 'gate' | 'decision'>): string {
  return `${timerOfGate}${summaryText(gate, maxGateBytes)}${atDeadline}${decision}`
}

/** Returns the gate of a {@link reminderSummary} or {@link deadlineSummary}. The name may be cut. Returns undefined for another timer. */
export function gateOfSummary(summary: string): string | undefined {
  const end = Math.max(summary.lastIndexOf(untilNext), summary.lastIndexOf(atDeadline))
  return summary.startsWith(timerOfGate) && end > timerOfGate.length
    ? summary.slice(timerOfGate.length, end)
    : undefined
}

/** Reads a {@link deadlineSummary}. The name may be cut. Returns undefined for another timer. */
export function readDeadlineSummary(summary: string): Pick<GateDecision, 'gate' | 'decision'> | undefined {
  const end = summary.lastIndexOf(atDeadline)
  const decision = decisionValues.find((each) => summary.slice(end) === `${atDeadline}${each}`)
  const gate = gateOfSummary(summary)
  return decision && gate !== undefined ? { gate, decision } : undefined
}

/** A link that helps a person to decide. */
export interface GateEvidence {
  /** What the link shows: the moderated content, and the segment with its times in seconds. */
  readonly what: string
  /** Link to the picture, clip or list of segments. */
  readonly url: string
  /** Time until which VOD serves the link, ISO 8601. Absent if VOD does not say. */
  readonly expireTime?: string
}

/** The view of a gate for people. */
export interface GateView {
  /** Name of the gate, unique in its run. */
  readonly gate: string
  /** The run that has the gate. */
  readonly runId: string
  /** `canceled`: the workflow no longer waits for it. */
  readonly status: 'open' | 'approved' | 'rejected' | 'canceled'
  /** The worst of VOD's verdicts. Absent without moderation, and if a verdict is missing and the others pass. */
  readonly Suggestion?: string
  /** Label of the worst verdict, e.g. `Porn`. Absent if VOD gives none. */
  readonly Label?: string
  /** Form in which the worst verdict was found, e.g. `Image.Porn`. Absent if VOD gives none. */
  readonly Form?: string
  /** Every verdict, the worst first. `evidence` links to what was found. */
  readonly verdicts: readonly Pick<ModerationVerdict, 'of' | 'Suggestion' | 'Label' | 'Form'>[]
  /** Links from the verdicts. */
  readonly evidence: readonly GateEvidence[]
  /** The subject that the workflow passed. */
  readonly subject: unknown
  /** Time of the opening, ISO 8601. */
  readonly openedAt: string
  /** The time at which the gate is decided without a person, as `onDeadline`. */
  readonly deadline: string
  /** Decision at the deadline if no person has decided. */
  readonly onDeadline: 'approved' | 'rejected'
  /** Number of reminders so far. */
  readonly reminders: number
  /** Whether `escalateAfter` has passed. */
  readonly escalated: boolean
  /** The decision. Absent while the gate is open. */
  readonly decision?: GateDecision
}
