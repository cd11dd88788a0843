import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { queueOfClass } from '../contract/queues.js'
import { submitting } from '../contract/rates.js'
import { taskQueueType } from './enums.js'

/*
 * Stopping all submits of an account: Temporal's own rate limit of a task queue, set to 0. Its server then hands out none of their
 * activities, keeps them in the queue, also through a restart, and says who has set it, when and why (docs/decisions/0034).
 */

/** One of the task queues that submits of an account wait in. */
export interface SubmitQueue {
  readonly taskQueue: string
  /** Activities that wait for their turn; about. */
  readonly waiting: number
  /** Activities a second; 0 when it is stopped. Absent where no worker and no operator has set a limit. */
  readonly perSecond?: number
  /** An operator's limit, in place of the workers'. */
  readonly set?: { readonly reason: string; readonly by: string; readonly since: string }
}

/** All submits of an account. */
export interface Submits {
  readonly account: string
  /** All of their queues are stopped. `false` also where some are. */
  readonly stopped: boolean
  readonly queues: readonly SubmitQueue[]
}

/** Who changes it, and why. */
export interface Change {
  readonly by: string
  /** Shown to everybody who asks. */
  readonly reason: string
}

/** Hands out no submit of this account from now on. What is on the wire is answered; reads and aborts go on. */
export async function stopSubmits(client: Client, account: string, change: Change): Promise<Submits> {
  return limit(client, account, { ...change, rateLimit: { requestsPerSecond: 0 } })
}

/** Takes the limit away: the workers' own rates hold again, and what has waited is submitted. */
export async function resumeSubmits(client: Client, account: string, change: Change): Promise<Submits> {
  return limit(client, account, change)
}

async function limit(
  client: Client,
  account: string,
  { by, ...updateQueueRateLimit }: Change & { readonly rateLimit?: { readonly requestsPerSecond: number } },
): Promise<Submits> {
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

/** Whether submits of this account go on, and how many wait. */
export async function submitsOf(client: Client, account: string): Promise<Submits> {
  const queues = await Promise.all(queuesOf(account).map((taskQueue) => describe(client, taskQueue)))
  return { account, stopped: queues.every(({ perSecond }) => perSecond === 0), queues }
}

/** The stopped queue in which a submit of this run waits; undefined when none does. */
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
  // Protobuf leaves a 0 out, and a limit that was taken away keeps its metadata.
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

/** For people: which submits are stopped, since when, by whom and why. */
export function stoppedText({ taskQueue, set }: SubmitQueue): string {
  const account = taskQueue.split('.')[1] ?? ''
  const who = set ? ` since ${set.since} by ${set.by}: ${set.reason}` : ''
  return `submits of account ${account} are stopped${who}`
}
