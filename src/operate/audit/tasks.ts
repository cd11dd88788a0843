import { type MacKeys, openSessionContext } from '../../contract/seal/token.js'
import type { VodClient } from '../../vod/client.js'
import type { ListedTask } from '../../vod/responses.js'
import { listedTasks } from '../listedTasks.js'
import type { AuditTask } from './findings.js'

export interface TaskList {
  readonly tasks: readonly AuditTask[]
  /** Number of tasks whose token names one of our keys, but has a wrong MAC. */
  readonly forged: number
}

export interface TaskListOptions {
  readonly vod: VodClient
  readonly keys: MacKeys
  readonly SubAppId: number | undefined
  /** Lists tasks created after this time, ms since the epoch. */
  readonly since: number
  readonly onRetry?: ((error: unknown) => void) | undefined
}

/** Maximum number of failures for one page. The audit often runs without a person who could start it again. */
const maxFailures = 10

/**
 * Returns every task that VOD lists, in any state.
 *
 * @throws VodError if VOD refuses permanently, does not answer for several minutes, or lists without an end
 */
export async function listTasks({ keys, ...listing }: TaskListOptions): Promise<TaskList> {
  const tasks: AuditTask[] = []
  let forged = 0
  for await (const task of listedTasks({ ...listing, Order: 'Asc', maxFailures })) {
    const opened = openSessionContext(task.SessionContext, keys)
    if (opened.verdict === 'forged') forged += 1
    const address = opened.verdict === 'ours' ? { address: opened.address } : {}
    tasks.push({ ...toTask(task), ...address, listedIn: [listing.SubAppId] })
  }
  return { tasks, forged }
}

function toTask(task: ListedTask): Omit<AuditTask, 'address' | 'listedIn'> {
  const { TaskId, TaskType, Status, FileId, CreateTime, FinishTime } = task
  return { TaskId, TaskType, Status, FileId, createdAt: timeOf(CreateTime), finishedAt: timeOf(FinishTime) }
}

/** Returns 0 for each of the three values with which VOD says "not yet". */
function timeOf(text: string): number {
  return Math.max(0, Date.parse(text) || 0)
}
