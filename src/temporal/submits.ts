import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { queueOfClass } from '../contract/queues.js'
import { submitting } from '../contract/rates.js'
import { taskQueueType } from './enums.js'

/*
 * To stop all submits of an account, Temporal's rate limit of their task queues is set to 0. The server then hands out none of their
 * activities and keeps them in the queue, even through a restart. It records who has set the limit, when and why (docs/decisions/0034).
 */

/** A task queue in which submits of an account wait. */
export interface SubmitQueue {
  /** Name of the task queue. */
  readonly taskQueue: string
  /** Approximate number of activities that wait for their turn. */
  readonly waiting: number
  /** Limit of activities per second; 0 if the queue is stopped. Absent if neither a worker nor an operator has set a limit. */
  readonly perSecond?: number
  /** The limit of an operator, which replaces that of the workers. */
  readonly set?: { readonly reason: string; readonly by: string; readonly since: string }
}

/** The submits of an account. */
export interface AccountSubmits {
  readonly account: string
  /** True if all of the queues are stopped, `false` if only some are. */
  readonly stopped: boolean
  readonly queues: readonly SubmitQueue[]
}

/** The author and the reason of a change. */
export interface Change {
  readonly by: string
  /** Everyone who lists the submits sees the reason. */
  readonly reason: string
}

/** Stops the submits of this account. Requests in flight are answered; reads and aborts continue. */
export async function stopSubmits(client: Client, account: string, change: Change): Promise<AccountSubmits> {
  return limit(client, account, { ...change, rateLimit: { requestsPerSecond: 0 } })
}

/** Removes the limit, so that the workers' own rates apply again and waiting submits are sent. */
export async function resumeSubmits(
  client: Client,
  account: string,
  change: Change,
): Promise<AccountSubmits> {
  return limit(client, account, change)
}

async function limit(
  client: Client,
  account: string,
  { by, ...updateQueueRateLimit }: Change & { readonly rateLimit?: { readonly requestsPerSecond: number } },
): Promise<AccountSubmits> {
  const { namespace } = client.options
  await Promise.all(
    queuesOf(account).map((taskQueue) =>
      client.workflowService.updateTaskQueueConfig({
        namespace,
        identity: by,
        taskQueue,
        taskQueueType: taskQueueType.activity,
        updateQueueRateLimit,
      }),
    ),
  )
  return submitsOf(client, account)
}

/** Reads whether submits of this account are stopped, and how many wait. */
export async function submitsOf(client: Client, account: string): Promise<AccountSubmits> {
  const queues = await Promise.all(queuesOf(account).map((taskQueue) => describe(client, taskQueue)))
  return { account, stopped: queues.every(({ perSecond }) => perSecond === 0), queues }
}

/** Returns the stopped queue in which a submit of this run waits, or undefined if there is none. */
export async function stoppedFor(
  client: Client,
  { raw }: Pick<WorkflowExecutionDescription, 'raw'>,
): Promise<SubmitQueue | undefined> {
  const names = (raw.pendingActivities ?? []).map(
    ({ activityOptions }) => activityOptions?.taskQueue?.name ?? '',
  )
  const held = [...new Set(names)].filter((name) => submitting.some((rate) => name.endsWith(`.${rate}`)))
  const queues = await Promise.all(held.map((name) => describe(client, name)))
  return queues.find(({ perSecond }) => perSecond === 0)
}

async function describe(client: Client, taskQueue: string): Promise<SubmitQueue> {
  const { stats, config, effectiveRateLimit } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: taskQueueType.activity,
    reportStats: true,
    reportConfig: true,
  })
  const { rateLimit, metadata } = config?.queueRateLimit ?? {}
  // Protobuf omits a 0, and a limit that was removed keeps its metadata.
  const perSecond = rateLimit ? (rateLimit.requestsPerSecond ?? 0) : effectiveRateLimit?.requestsPerSecond
  const since = new Date(Number(metadata?.updateTime?.seconds ?? 0) * 1_000).toISOString()
  const set = { reason: metadata?.reason ?? '', by: metadata?.updateIdentity ?? '', since }
  return {
    taskQueue,
    waiting: Number(stats?.approximateBacklogCount ?? 0),
    ...(typeof perSecond === 'number' ? { perSecond } : {}),
    ...(rateLimit ? { set } : {}),
  }
}

function queuesOf(account: string): string[] {
  return submitting.map((rate) => queueOfClass(account, rate))
}

/** Returns a text that says which submits are stopped, since when, by whom and why. */
export function stoppedText({ taskQueue, set }: SubmitQueue): string {
  const account = taskQueue.split('.')[1] ?? ''
  const who = set ? ` since ${set.since} by ${set.by}: ${set.reason}` : ''
  return `submits of account ${account} are stopped${who}`
}
