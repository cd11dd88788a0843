import type { ModerationVerdict } from './outcome.js'
import { summaryText } from './summary.js'

/** What clients and gates share. No workflow code here. */

/** Name of the update by which a person decides. A contract: it never changes. */
export const decideUpdate = 'vodflow.decide'

/** Name of the query that answers with every gate of a run. A contract: it never changes. */
export const gatesQuery = 'vodflow.gates'

/** What a person says. */
export interface DecideOptions {
  /** Name of the gate. */
  readonly gate: string
  /** The decision. */
  readonly decision: 'approved' | 'rejected'
  /** Who decides, 1 to 200 characters. */
  readonly by: string
  /** Why, 1 to 2,000 characters. */
  readonly reason: string
  /**
   * The run whose gate the person has seen, from the {@link GateView}. A workflow that continues as new may have a gate of the same name
   * in each of its runs: no other run takes the decision. Default: the latest run of the workflow id.
   */
  readonly runId?: string | undefined
}

/** How a gate was decided. `decidedBy` says what kind of decision it was; `by` is the name of the person, `policy` or `deadline`. */
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

/** Who decided, when and why. */
export function howDecided({ decidedBy, by, decidedAt, reason }: GateDecision): string {
  const who = { policy: 'by its policy', person: `by ${by}`, deadline: 'by its deadline' }[decidedBy]
  return `${who} at ${decidedAt}: ${reason}`
}

/** A person said this, and says it again. */
export function saysTheSame(
  earlier: GateDecision,
  { decision, by }: Pick<DecideOptions, 'decision' | 'by'>,
): boolean {
  return earlier.decidedBy === 'person' && earlier.by === by && earlier.decision === decision
}

/** Of the name of a gate, in a summary that has other words too. */
const maxGateBytes = 300

const atDeadline = { before: 'review gate ', after: ': until its deadline, then ' }

/** What the history says of the timer that decides at a gate without a person. */
export function deadlineSummary({ gate, decision }: Pick<GateDecision, 'gate' | 'decision'>): string {
  return `${atDeadline.before}${summaryText(gate, maxGateBytes)}${atDeadline.after}${decision}`
}

/** The reverse of {@link deadlineSummary}, with the name as it stands there; undefined for another timer. */
export function readDeadlineSummary(summary: string): Pick<GateDecision, 'gate' | 'decision'> | undefined {
  const { before, after } = atDeadline
  const end = summary.lastIndexOf(after)
  const decision = (['approved', 'rejected'] as const).find(
    (each) => summary.slice(end) === `${after}${each}`,
  )
  if (!decision || !summary.startsWith(before) || end < before.length) return undefined
  return { gate: summary.slice(before.length, end), decision }
}

/** Something to look at before one decides. */
export interface GateEvidence {
  /** What the link shows: the moderated content, and the segment with its times in seconds. */
  readonly what: string
  /** Link to the picture, clip or list of segments. */
  readonly url: string
  /** Time until which VOD serves the link, ISO 8601. Absent if VOD does not say. */
  readonly expireTime?: string
}

/** A gate, as people see it. */
export interface GateView {
  /** Name of the gate, unique in its run. */
  readonly gate: string
  /** The run that has the gate. */
  readonly runId: string
  /** `cancelled`: the workflow no longer waits for it. */
  readonly status: 'open' | 'approved' | 'rejected' | 'cancelled'
  /** The worst of VOD's verdicts. Absent without moderation. */
  readonly Suggestion?: string
  /** Label of the worst verdict, e.g. `Porn`. Absent if VOD gives none. */
  readonly Label?: string
  /** Form in which the worst verdict was found, e.g. `Image.Porn`. Absent if VOD gives none. */
  readonly Form?: string
  /** Every verdict, the worst first; what was found stands in `evidence`. */
  readonly verdicts: readonly Pick<ModerationVerdict, 'of' | 'Suggestion' | 'Label' | 'Form'>[]
  /** Links from the verdicts. */
  readonly evidence: readonly GateEvidence[]
  /** What the workflow says that it is about. */
  readonly subject: unknown
  /** Time of the opening, ISO 8601. */
  readonly openedAt: string
  /** When it is decided without a person, and how. */
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
