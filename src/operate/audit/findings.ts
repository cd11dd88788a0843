import type { StuckRuns } from '../../client/stuckRuns.js'
import type { StepAddress } from '../../contract/seal/token.js'
import { minute } from '../../contract/time.js'

/** A task that VOD lists. */
export interface AuditTask {
  readonly TaskId: string
  readonly TaskType: string
  readonly Status: string
  readonly FileId: string
  /** ms since the epoch. */
  readonly createdAt: number
  /** 0: it goes on, or VOD does not say. */
  readonly finishedAt: number
  /** The step that its token names; absent for tasks of others. */
  readonly address?: StepAddress
  /** The sub-apps whose lists have it; `undefined` is the account's default application. */
  readonly listedIn: readonly (number | undefined)[]
}

/** What Temporal knows of the run that a token names, or that is open. */
export interface AuditRun {
  readonly workflowId: string
  readonly chain: string
  /** `forgotten`: Temporal knows no such run. */
  readonly status: 'open' | 'completed' | 'cancelled' | 'failed' | 'terminated' | 'timed out' | 'forgotten'
  readonly startedAt: number
  /** Of a run that has ended, ms since the epoch. */
  readonly closedAt?: number
  /** Its tasks are in a list that was read, as far as its memo tells. */
  readonly listed: boolean
}

/** Something that should not be. */
export type Finding =
  /** VOD made, and bills, more than one task for one submission. */
  | {
      readonly kind: 'duplicate'
      readonly workflowId: string
      readonly SessionId: string
      readonly TaskType: string
      readonly TaskIds: readonly string[]
    }
  /** Nobody waits for this task. */
  | {
      readonly kind: 'taskWithoutRun'
      readonly TaskId: string
      /** As its token says. */
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
      /** Where the run says it is; absent when no worker answers. */
      readonly phase?: string
    }
  /** A task has ended and its run still waits. */
  | {
      readonly kind: 'finishedButWaiting'
      readonly TaskId: string
      readonly address: StepAddress
      readonly finishedAt: number
    }
  /** Runs that cannot continue as things are. */
  | ({ readonly kind: 'stuck' } & StuckRuns)

export interface Audited {
  readonly now: number
  readonly tasks: readonly AuditTask[]
  /** Every run that a token names, and every open one. */
  readonly runs: readonly AuditRun[]
  /** No task is listed that is older, ms. */
  readonly windowMs: number
  /** TaskIds that a run of this account has adopted. */
  readonly adopted: ReadonlySet<string>
  /** How long Temporal remembers a run that has ended, ms. */
  readonly retentionMs: number
}

/** A submit may wait for its turn, and a listing lag, ms. */
const youngRunMs = 15 * minute
/** An event may be on its way, and the sweep comes every two minutes, ms. */
const youngEndMs = 5 * minute

/** Joins VOD's list of tasks with Temporal's runs. */
export function findingsOf(audited: Audited): Finding[] {
  const runs = new Map(audited.runs.map((run) => [nameOf(run), run]))
  return [
    ...duplicates(audited.tasks),
    ...audited.tasks.flatMap((task) =>
      ofTask(task, { ...audited, run: task.address && runs.get(nameOf(task.address)) }),
    ),
    ...withoutTask(audited),
  ]
}

function duplicates(tasks: readonly AuditTask[]): Finding[] {
  const steps = new Map<string, AuditTask[]>()
  for (const task of tasks) {
    // What was aborted costs nothing.
    if (!task.address || task.Status === 'ABORTED') continue
    // One split starts a task flow on each media file that it makes, and all have its token.
    const step = JSON.stringify([task.address.SessionId, task.TaskType, task.FileId])
    steps.set(step, [...(steps.get(step) ?? []), task])
  }
  return [...steps.values()].flatMap((same): Finding[] => {
    const [{ address, TaskType } = {}] = same
    if (same.length < 2 || !address || !TaskType) return []
    const { workflowId, SessionId } = address
    return [{ kind: 'duplicate', workflowId, SessionId, TaskType, TaskIds: same.map(({ TaskId }) => TaskId) }]
  })
}

/** What was cancelled or detached goes on with everybody's knowledge. */
const nobodyWaits: readonly AuditRun['status'][] = ['failed', 'terminated', 'timed out', 'forgotten']

function ofTask(
  { TaskId, Status, FileId, address, createdAt, finishedAt }: AuditTask,
  { run, now, adopted, retentionMs }: Audited & { readonly run: AuditRun | undefined },
): Finding[] {
  if (!address || !run || adopted.has(TaskId)) return []
  const over = Status === 'FINISH' || Status === 'ABORTED'
  if (run.status === 'open') {
    const late = over && now - finishedAt > youngEndMs
    return late ? [{ kind: 'finishedButWaiting', TaskId, address, finishedAt }] : []
  }
  if (!nobodyWaits.includes(run.status) || Status === 'ABORTED') return []
  // Temporal may have forgotten a run that ended well.
  if (run.status === 'forgotten' && now - createdAt > retentionMs) return []
  // One that failed may have failed over what it had read.
  const before = finishedAt !== 0 && run.closedAt !== undefined && finishedAt <= run.closedAt
  if (run.status === 'failed' && before) return []
  const { workflowId, account, SubAppId } = address
  const app = SubAppId === undefined ? {} : { SubAppId }
  return [{ kind: 'taskWithoutRun', TaskId, account, ...app, Status, FileId, workflowId, run: run.status }]
}

function withoutTask({ runs, tasks, now, windowMs }: Audited): Finding[] {
  const seen = new Set(tasks.flatMap(({ address }) => (address ? [nameOf(address)] : [])))
  return runs
    .filter(({ status, listed }) => status === 'open' && listed)
    .filter(({ startedAt }) => now - startedAt > youngRunMs && now - startedAt < windowMs)
    .filter((run) => !seen.has(nameOf(run)))
    .map(({ workflowId, startedAt }) => ({ kind: 'runWithoutTask', workflowId, startedAt }))
}

function nameOf({ workflowId, chain }: { readonly workflowId: string; readonly chain: string }): string {
  return JSON.stringify([workflowId, chain])
}
