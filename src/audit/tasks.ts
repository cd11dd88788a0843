import { setTimeout as sleep } from 'node:timers/promises'
import type { VodClient } from '../vod/client.js'
import { VodError } from '../vod/errors.js'
import { type MacKeys, openSessionContext } from '../vod/token.js'
import type { AuditTask } from './findings.js'

export interface TaskList {
  readonly tasks: readonly AuditTask[]
  /** With a token of a key of ours whose MAC is wrong. */
  readonly forged: number
}

export interface TaskListOptions {
  readonly vod: VodClient
  readonly keys: MacKeys
  readonly SubAppId: number | undefined
  /** Tasks made from here on, ms since the epoch. */
  readonly since: number
}

const retryMs = { first: 1_000, most: 30_000 }
const maxTries = 10

/**
 * Every task that VOD lists, in whatever state. A page that cannot be had is asked for again; when its ScrollToken may be
 * what is wrong, the list begins anew.
 *
 * @throws VodError when VOD refuses for good, or does not answer for some minutes.
 */
export async function listTasks({ vod, keys, SubAppId, since }: TaskListOptions): Promise<TaskList> {
  const tasks = new Map<string, AuditTask>()
  let forged = 0
  let ScrollToken = ''
  for (let failures = 0; ; ) {
    try {
      const page = await vod.call('DescribeTasks', {
        ...(SubAppId === undefined ? {} : { SubAppId }),
        CreateTime: { After: new Date(since).toISOString() },
        Sort: { Field: 'CreateTime', Order: 'Asc' },
        Limit: 100,
        ...(ScrollToken === '' ? {} : { ScrollToken }),
      })
      for (const {
        TaskId,
        TaskType,
        Status,
        FileId,
        CreateTime,
        FinishTime,
        SessionContext,
      } of page.TaskSet) {
        const opened = openSessionContext(SessionContext, keys)
        if (opened.verdict === 'forged' && !tasks.has(TaskId)) forged++
        const ours = opened.verdict === 'ours' ? { address: opened.address } : {}
        const [createdAt, finishedAt] = [timeOf(CreateTime), timeOf(FinishTime)]
        tasks.set(TaskId, { TaskId, TaskType, Status, FileId, createdAt, finishedAt, ...ours })
      }
      failures = 0
      ScrollToken = page.ScrollToken
      if (ScrollToken === '' || page.TaskSet.length === 0) return { tasks: [...tasks.values()], forged }
    } catch (error) {
      const scrolled = ScrollToken !== ''
      const lasting = error instanceof VodError && error.class === 'permanent' && !scrolled
      if (lasting || ++failures >= maxTries) throw error
      ScrollToken = ''
      await sleep(Math.min(retryMs.most, retryMs.first * 2 ** failures))
    }
  }
}

/** 0 for the three ways in which VOD says "not yet". */
function timeOf(text: string): number {
  return Math.max(0, Date.parse(text) || 0)
}
