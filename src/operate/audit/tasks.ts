import { setTimeout as sleep } from 'node:timers/promises'
import { backoffMs } from '../../contract/backoff.js'
import { VodError } from '../../contract/errors.js'
import { type MacKeys, openSessionContext } from '../../contract/seal/token.js'
import type { VodClient } from '../../vod/client.js'
import type { ListedTask } from '../../vod/responses.js'
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
}

const retryMs = { first: 1_000, most: 30_000 }
/** Maximum number of failures for one page. Throttling does not count. */
const maxFailures = 10

/**
 * Returns every task that VOD lists, in any state. It retries a page that fails. If VOD refuses the ScrollToken, it starts the list
 * again.
 *
 * @throws VodError if VOD refuses permanently, or does not answer for several minutes
 */
export async function listTasks(options: TaskListOptions): Promise<TaskList> {
  const tasks = new Map<string, AuditTask>()
  const forged = new Set<string>()
  let page: Awaited<ReturnType<typeof pageOf>> | undefined
  do {
    page = await pageFrom(options, page?.ScrollToken ?? '')
    for (const task of page.TaskSet ?? []) {
      const opened = openSessionContext(task.SessionContext, options.keys)
      if (opened.verdict === 'forged') forged.add(task.TaskId)
      const address = opened.verdict === 'ours' ? { address: opened.address } : {}
      tasks.set(task.TaskId, { ...toTask(task), ...address, listedIn: [options.SubAppId] })
    }
  } while (page.ScrollToken !== '' && page.TaskSet?.length)
  return { tasks: [...tasks.values()], forged: forged.size }
}

/** Returns the page at a ScrollToken, or the first page if VOD refuses the token. */
async function pageFrom(options: TaskListOptions, ScrollToken: string) {
  let at = ScrollToken
  for (let failures = 0; ; ) {
    try {
      return await pageOf(options, at)
    } catch (error) {
      const reason = reasonOf(error)
      if (reason !== 'throttled') failures++
      if ((reason === 'permanent' && at === '') || failures >= maxFailures) throw error
      if (reason === 'permanent') at = ''
      await sleep(backoffMs(retryMs, failures))
    }
  }
}

function reasonOf(error: unknown): VodError['class'] {
  return error instanceof VodError ? error.class : 'permanent'
}

function pageOf({ vod, SubAppId, since }: TaskListOptions, ScrollToken: string) {
  return vod.call('DescribeTasks', {
    SubAppId,
    CreateTime: { After: new Date(since).toISOString() },
    Sort: { Field: 'CreateTime', Order: 'Asc' },
    Limit: 100,
    ScrollToken: ScrollToken || undefined,
  })
}

function toTask(task: ListedTask): Omit<AuditTask, 'address' | 'listedIn'> {
  const { TaskId, TaskType, Status, FileId, CreateTime, FinishTime } = task
  return { TaskId, TaskType, Status, FileId, createdAt: timeOf(CreateTime), finishedAt: timeOf(FinishTime) }
}

/** Returns 0 for each of the three values with which VOD says "not yet". */
function timeOf(text: string): number {
  return Math.max(0, Date.parse(text) || 0)
}
