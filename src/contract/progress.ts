import type { GateView } from './gates.js'
import type { EndedBy, Outcome, TaskStatus } from './outcome.js'

/** Name of the query that answers with a {@link RunProgress}. A contract: it never changes. */
export const progressQuery = 'vodflow.progress'

/** Name of the query that answers with a {@link StepProgress} for each step of a run. A contract: it never changes. */
export const stepsQuery = 'vodflow.steps'

/** Name of the query that answers with a {@link RunView}: all that a run shows, in one question. A contract: it never changes. */
export const viewQuery = 'vodflow.view'

/** Name of the query that answers with an {@link Outcome} that is too large for the failure of its run. A contract: it never changes. */
export const outcomeQuery = 'vodflow.outcome'

/** Name of the signal that makes a run stop waiting. A contract: it never changes. */
export const detachSignal = 'vodflow.detach'

/** Where a step is, for people and progress bars. Nothing is decided from it. */
export interface RunProgress {
  /** What the step does now. */
  readonly phase: 'submitting' | 'recovering' | 'waiting' | 'askingMedia' | 'cancelling' | 'settled'
  /** Number of the submission, from 1. */
  readonly attempt: number
  /** Mean over the step's tasks, 0 to 100. */
  readonly percent: number
  /** Tasks of the step, as they were read last. */
  readonly tasks: readonly TaskProgress[]
  /** How often each net asked to read a task: events, the sweep, looks of its own. */
  readonly nets: EndedByCounts
  /** When the step will read its tasks by itself, ISO 8601; absent when it will not. */
  readonly nextLook?: string
  /** Since when VOD no longer shows a task that has not ended for us, ISO 8601. */
  readonly overdueSince?: string
  /** The outcome. Absent until the step has settled. */
  readonly outcome?: Outcome
  /** What a cancelled run stopped, and what it left to VOD to finish (and bill). */
  readonly cancelled?: CancelSummary
}

/** One of the steps of a run: its latest attempt. */
export interface StepProgress extends Omit<RunProgress, 'outcome'> {
  /** Names the step within its run. */
  readonly key: string
  /** How it ended, in short: a run may have many steps, and the workflow has the whole outcome. */
  readonly outcome?: Pick<Outcome, 'status' | 'reason'>
  /** Why it ended without an outcome, e.g. because VOD refused the request. */
  readonly problem?: string
}

/** Every step and review gate of a run. */
export interface RunView {
  /** In the order in which they started. */
  readonly steps: readonly StepProgress[]
  /** Open or decided. */
  readonly gates: readonly GateView[]
}

/** How often each net has asked a step to look. */
export type EndedByCounts = Readonly<Partial<Record<EndedBy, number>>>

/** One task of VOD, as it was read last. */
export interface TaskProgress {
  /** Id of the task. */
  readonly TaskId: string
  /** `Procedure`, `ReviewAudioVideo` or `ImportMediaKnowledge`. */
  readonly TaskType: string
  /** Status of the task. */
  readonly Status: TaskStatus
  /** Progress of the task, 0 to 100. */
  readonly percent: number
}

/** What a cancelled run says: what was stopped, and what goes on and is billed. */
export interface CancelSummary {
  /** TaskIds that VOD shows as aborted: they had not begun. */
  readonly stopped: readonly string[]
  /** TaskIds that had ended already. */
  readonly ended: readonly string[]
  /** TaskIds that go on, since VOD can abort only a WAITING task, or whose abort VOD does not show yet. */
  readonly left: readonly string[]
  /** The submit had not answered: a task may exist that this run never saw. */
  readonly submitUnanswered: boolean
}

/** Anyone who starts a run can give it any memo. */
export function asCancelSummary(value: unknown): CancelSummary | undefined {
  const { stopped, ended, left, submitUnanswered } = Object(value) as Partial<Record<string, unknown>>
  const isOne = [stopped, ended, left].every(Array.isArray) && typeof submitUnanswered === 'boolean'
  return isOne ? (value as CancelSummary) : undefined
}

/** What all canceled steps of a run say together. */
export function joinCancelled(steps: readonly CancelSummary[]): CancelSummary {
  return {
    stopped: steps.flatMap(({ stopped }) => stopped),
    ended: steps.flatMap(({ ended }) => ended),
    left: steps.flatMap(({ left }) => left),
    submitUnanswered: steps.some(({ submitUnanswered }) => submitUnanswered),
  }
}
