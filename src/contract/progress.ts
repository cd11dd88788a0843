import type { GateView } from './gates.js'
import { type EndedBy, isTerminal, type Outcome, type TaskStatus } from './outcome.js'

/** The name of the query that returns a {@link RunProgress}. It is a contract and never changes. */
export const progressQuery = 'vodflow.progress'

/** The name of the query that returns a {@link StepProgress} for each step of a run. It is a contract and never changes. */
export const stepsQuery = 'vodflow.steps'

/** The name of the query that returns a {@link RunView}, with every step and gate of a run. It is a contract and never changes. */
export const viewQuery = 'vodflow.view'

/** The name of the query that returns an {@link Outcome} too large for the failure of its run. It is a contract and never changes. */
export const outcomeQuery = 'vodflow.outcome'

/** The name of the signal that makes a run stop waiting. It is a contract and never changes. */
export const detachSignal = 'vodflow.detach'

/** The progress of a step, for people and progress bars. No decision depends on it. */
export interface RunProgress {
  /** What the step does now. */
  readonly phase: 'submitting' | 'recovering' | 'waiting' | 'askingMedia' | 'canceling' | 'settled'
  /** The number of the submission, from 1. */
  readonly attempt: number
  /** The mean progress of the step's tasks, 0 to 100. */
  readonly percent: number
  /** Tasks of the step, as they were read last. */
  readonly tasks: readonly TaskProgress[]
  /** The number of reads by what triggered them: events, the sweep, scheduled looks. */
  readonly nets: EndedByCounts
  /** The time of the next scheduled read, ISO 8601. Absent if there is none, as for a step that reads all the time. */
  readonly nextLook?: string
  /** The time since which VOD no longer shows an open task, ISO 8601. */
  readonly overdueSince?: string
  /** The outcome. Absent until the step has settled. */
  readonly outcome?: Outcome
  /** The tasks that a canceled run stopped, and those that it left to VOD, which finishes and bills them. */
  readonly canceled?: CancelSummary
}

/** What a step does, for a person. */
export const phaseText: Readonly<Record<RunProgress['phase'], string>> = {
  submitting: 'submitting to VOD',
  recovering: 'looking for the tasks that VOD created',
  waiting: 'waiting for VOD',
  askingMedia: 'reading the media file',
  canceling: 'canceling',
  settled: 'settled',
}

/**
 * Returns what a step waits for, and when it reads, for a person.
 *
 * @param shown - returns a time as the reader expects it
 */
export function waitText(
  {
    phase,
    tasks,
    nextLook,
    overdueSince,
  }: Pick<RunProgress, 'phase' | 'tasks' | 'nextLook' | 'overdueSince'>,
  shown = (time: string): string => time,
): string | undefined {
  if (overdueSince) return `overdue since ${shown(overdueSince)}: VOD returns a task for 72 hours`
  if (phase !== 'waiting') return undefined
  const isWell = tasks.every(({ problem }) => problem === undefined)
  if (!nextLook)
    return isWell ? 'all is well: it reads until VOD shows the end' : 'it reads until VOD shows the end'
  const isNamed =
    tasks.length > 0 && tasks.every(({ TaskId, Status }) => TaskId !== undefined || isTerminal(Status))
  if (!isNamed)
    return `it waits for VOD's event, or a sweep, to name a task that it does not know; it looks again at ${shown(nextLook)}`
  return isWell
    ? `all is well: it ends with VOD's event, or minutes later if a sweep runs; without both, it reads at ${shown(nextLook)}`
    : `it reads again at VOD's next event, or at ${shown(nextLook)}`
}

/**
 * Returns what became of the tasks of a canceled step, for a person.
 *
 * @param shown - returns a TaskId as the reader expects it
 */
export function fatesText(
  { stopped, left, ended, submitUnanswered }: CancelSummary,
  shown = (TaskId: string): string => TaskId,
): string {
  const list = (ids: readonly string[]) => (ids.length === 0 ? 'nothing' : ids.map(shown).join(', '))
  const open = submitUnanswered ? '; the submit got no answer, so a task may exist' : ''
  return `stopped: ${list(stopped)}; goes on: ${list(left)}; had ended: ${list(ended)}${open}`
}

/** The latest attempt of one of the steps of a run. */
export interface StepProgress extends Omit<RunProgress, 'outcome'> {
  /** The key of the step in its run. */
  readonly key: string
  /** The status and reason of the outcome. A run may have many steps, and the workflow has the whole outcomes. */
  readonly outcome?: Pick<Outcome, 'status' | 'reason'>
  /** The reason why it ended without an outcome, e.g. because VOD refused the request. */
  readonly problem?: string
}

/** Every step and review gate of a run. */
export interface RunView {
  /** In the order in which they started. */
  readonly steps: readonly StepProgress[]
  /** The open and decided gates. */
  readonly gates: readonly GateView[]
  /** The signals of vodflow that the run has ignored because it could not read them. Absent if there are none. */
  readonly unread?: UnreadSignals
}

/** Signals that a run has ignored, for example because the callback service and the worker have different payload keys. */
export interface UnreadSignals {
  /** The number of signals, since the start or the last `continueAsNew` of the run. */
  readonly count: number
  /** The kind of problem of the latest one. */
  readonly reason: UnreadSignalReason
  /** Why the latest one could not be read. */
  readonly problem: string
  /** What to do about it. */
  readonly remedy: string
}

/**
 * Why a run ignored a signal: the worker does not have its payload key, the worker has another data converter, or it was read and is not what
 * vodflow sends under its name. A run that a worker has replayed since shows `unreadable` for the first two.
 */
export type UnreadSignalReason = 'encrypted' | 'unreadable' | 'malformed'

/** The number of reads of a step that each net triggered. */
export type EndedByCounts = Readonly<Partial<Record<EndedBy, number>>>

/** A task of VOD at its last reading. */
export interface TaskProgress {
  /** Id of the task. Absent while it is unknown. */
  readonly TaskId?: string
  /** Type of the task, e.g. `Procedure` or `PullUpload`. Absent while it is unknown. */
  readonly TaskType?: string
  /** Status of the task. */
  readonly Status: TaskStatus
  /** Progress of the task, 0 to 100. */
  readonly percent: number
  /** Why the last read said nothing about the task, e.g. that its detail has another SessionId. */
  readonly problem?: string
}

/** The tasks of a canceled run: those that were stopped, and those that VOD continues and bills. */
export interface CancelSummary {
  /** The TaskIds that VOD shows as aborted, because they had not started. */
  readonly stopped: readonly string[]
  /** The TaskIds that had already ended. */
  readonly ended: readonly string[]
  /** The TaskIds that continue, because VOD can abort only a WAITING task, or whose abort VOD does not show yet. */
  readonly left: readonly string[]
  /** The submit was not answered, so a task may exist that this run does not know. */
  readonly submitUnanswered: boolean
}

/** Reads a summary from a memo, which may contain anything: whoever starts a run sets it. */
export function asCancelSummary(value: unknown): CancelSummary | undefined {
  const { stopped, ended, left, submitUnanswered } = Object(value) as Partial<Record<string, unknown>>
  const isOne = [stopped, ended, left].every(Array.isArray) && typeof submitUnanswered === 'boolean'
  return isOne ? (value as CancelSummary) : undefined
}

/** Joins the summaries of all canceled steps of a run. */
export function joinCanceled(steps: readonly CancelSummary[]): CancelSummary {
  return {
    stopped: steps.flatMap(({ stopped }) => stopped),
    ended: steps.flatMap(({ ended }) => ended),
    left: steps.flatMap(({ left }) => left),
    submitUnanswered: steps.some(({ submitUnanswered }) => submitUnanswered),
  }
}
