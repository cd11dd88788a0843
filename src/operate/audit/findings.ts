import type { StuckRuns } from '../../client/stuckRuns.js'
import { isTerminal } from '../../contract/outcome.js'
import type { StepAddress } from '../../contract/seal/token.js'
import { minute } from '../../contract/time.js'

/** A task that VOD lists. */
export interface AuditTask {
  readonly TaskId: string
  readonly TaskType: string
  readonly Status: string
  readonly FileId: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** Milliseconds since the epoch. 0 if the task has not ended, or VOD does not say when. */
  readonly finishedAt: number
  /** The step that its token names. Absent for foreign tasks. */
  readonly address?: StepAddress
  /** The sub-apps that list the task. `undefined` is the account's default application. */
  readonly listedIn: readonly (number | undefined)[]
}

/** Temporal's record of a run that a token names, or that is open. */
export interface AuditRun {
  readonly workflowId: string
  readonly chain: string
  /** Temporal's id of its latest execution. Absent if Temporal no longer has the run. */
  readonly runId?: string
  /** True for a run of one step, which waits to the end or reports the tasks that continue. */
  readonly isStep: boolean
  /** `forgotten`: Temporal no longer has the run. */
  readonly status: 'open' | 'completed' | 'canceled' | 'failed' | 'terminated' | 'timed out' | 'forgotten'
  readonly startedAt: number
  /** Milliseconds since the epoch, if the run has ended. */
  readonly closedAt?: number
  /** True if, by its memo, the tasks of the run are in a list that was read. */
  readonly listed: boolean
}

/** A problem that the audit has found. */
export type AuditFinding =
  /** VOD made and bills more than one task for one submission. */
  | {
      readonly kind: 'duplicate'
      readonly workflowId: string
      readonly SessionId: string
      readonly TaskType: string
      readonly TaskIds: readonly string[]
    }
  /** No run waits for this task. */
  | {
      readonly kind: 'taskWithoutRun'
      readonly TaskId: string
      /** The account that its token names. */
      readonly account: string
      readonly SubAppId?: number
      readonly Status: string
      readonly FileId: string
      readonly workflowId: string
      readonly run: AuditRun['status']
    }
  /** A run is open, but VOD lists no task of it. */
  | {
      readonly kind: 'runWithoutTask'
      readonly workflowId: string
      readonly startedAt: number
      /** The phase that the run reports. Absent if it could not be asked. */
      readonly phase?: string
    }
  /** A task has ended, but its run still waits. */
  | {
      readonly kind: 'finishedButWaiting'
      readonly TaskId: string
      readonly address: StepAddress
      readonly finishedAt: number
    }
  /** Runs that cannot continue until someone acts. */
  | ({ readonly kind: 'stuck' } & StuckRuns)

export interface AuditSubject {
  readonly now: number
  readonly tasks: readonly AuditTask[]
  /** Every run that a token names, and every open run. */
  readonly runs: readonly AuditRun[]
  /** Maximum age of the listed tasks, ms. */
  readonly windowMs: number
  /** TaskIds that a run of this account has adopted. */
  readonly adopted: ReadonlySet<string>
  /** Retention period of the namespace, ms. */
  readonly retentionMs: number
}

/** Age below which a run may have no listed task, ms: its submit may wait for its turn, and listings lag. */
const youngRunMs = 15 * minute
/** Time since the end of a task within which its run may still wait, ms: events take time, and the sweep runs every two minutes. */
const youngEndMs = 5 * minute

/** Joins VOD's list of tasks with Temporal's runs. */
export function findingsOf(audited: AuditSubject): AuditFinding[] {
  const runs = new Map(audited.runs.map((run) => [nameOf(run), run]))
  return [
    ...duplicates(audited.tasks),
    ...audited.tasks.flatMap((task) =>
      ofTask(task, { ...audited, run: task.address && runs.get(nameOf(task.address)) }),
    ),
    ...withoutTask(audited),
  ]
}

function duplicates(tasks: readonly AuditTask[]): AuditFinding[] {
  const steps = new Map<string, AuditTask[]>()
  for (const task of tasks) {
    // An aborted task is not billed.
    if (!task.address || task.Status === 'ABORTED') continue
    // A split starts a task flow on each media file that it makes, and all of these have its token.
    const step = JSON.stringify([task.address.SessionId, task.TaskType, task.FileId])
    steps.set(step, [...(steps.get(step) ?? []), task])
  }
  return [...steps.values()].flatMap((same): AuditFinding[] => {
    const [{ address, TaskType } = {}] = same
    if (same.length < 2 || !address || !TaskType) return []
    const { workflowId, SessionId } = address
    return [{ kind: 'duplicate', workflowId, SessionId, TaskType, TaskIds: same.map(({ TaskId }) => TaskId) }]
  })
}

/** States in which the code of a run has decided to end. */
const endedByItself: readonly AuditRun['status'][] = ['completed', 'canceled', 'failed']

/** VOD gives times in whole seconds. */
const finishTimeUnitMs = 1_000

function ofTask(
  task: AuditTask,
  { run, now, adopted, retentionMs }: AuditSubject & { readonly run: AuditRun | undefined },
): AuditFinding[] {
  const { TaskId, Status, FileId, address, createdAt, finishedAt } = task
  if (!address || !run || adopted.has(TaskId)) return []
  const over = isTerminal(Status)
  if (run.status === 'open') {
    const late = over && now - finishedAt > youngEndMs
    return late ? [{ kind: 'finishedButWaiting', TaskId, address, finishedAt }] : []
  }
  if (Status === 'ABORTED' || (endedByItself.includes(run.status) && isSettledBy(run, task))) return []
  // The run may have succeeded before Temporal forgot it.
  if (run.status === 'forgotten' && now - createdAt > retentionMs) return []
  const { workflowId, account, SubAppId } = address
  const app = SubAppId === undefined ? {} : { SubAppId }
  return [{ kind: 'taskWithoutRun', TaskId, account, ...app, Status, FileId, workflowId, run: run.status }]
}

/** The run has read the end of the task, or has reported that the task continues. */
function isSettledBy(run: AuditRun, { finishedAt }: AuditTask): boolean {
  // A canceled or detached run of one step has reported the tasks that continue.
  if (run.isStep && run.status !== 'failed') return true
  // The run may have ended because of this task's result. A workflow of a user is asked if it may be either.
  const latest = finishedAt + (mustBeAsked(run) ? finishTimeUnitMs - 1 : 0)
  return finishedAt !== 0 && run.closedAt !== undefined && latest <= run.closedAt
}

/** A workflow of a user may end while steps of it wait. Only its own code knows which. */
export function mustBeAsked({ isStep, status }: AuditRun): boolean {
  return !isStep && endedByItself.includes(status)
}

function withoutTask({ runs, tasks, now, windowMs }: AuditSubject): AuditFinding[] {
  const seen = new Set(tasks.flatMap(({ address }) => (address ? [nameOf(address)] : [])))
  return runs
    .filter(({ status, listed }) => status === 'open' && listed)
    .filter(({ startedAt }) => now - startedAt > youngRunMs && now - startedAt < windowMs)
    .filter((run) => !seen.has(nameOf(run)))
    .map(({ workflowId, startedAt }) => ({ kind: 'runWithoutTask', workflowId, startedAt }))
}

export function nameOf({
  workflowId,
  chain,
}: {
  readonly workflowId: string
  readonly chain: string
}): string {
  return JSON.stringify([workflowId, chain])
}
