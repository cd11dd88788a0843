import { AsyncResource } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { queueOfClass, workflowQueue } from '../contract/queues.js'
import { rates } from '../contract/rates.js'
import { type TaskQueueType, taskQueueType } from '../temporal/enums.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { buildOf, lackIn, type NoWorkerDetails, type Poller, type QueuePollers } from '../temporal/routing.js'
import { NoWorkerError } from './errors.js'
import { lackErrorOf } from './lackError.js'
import { clockOf, type TemporalClock } from './temporalClock.js'

export interface Queue {
  readonly name: string
  readonly kind: TaskQueueType
}

/**
 * Time after its last poll at which a poller counts as gone, ms. Temporal remembers a poller for 5 minutes after its last poll. A poll of
 * an idle worker takes up to 60 s, so the last poll of a live worker may be that old (measured: 57 s). Both times are Temporal's.
 */
const goneAfterMs = 90_000

/** Time for which a queue that had a poller is not checked again, ms. A queue without one is checked every time. */
const trustedForMs = 30_000

/**
 * Time within which a worker that starts together with its client appears, ms. After it, the worker counts as missing. A worker asks VOD about
 * its keys for up to 2 s before it polls.
 */
const graceMs = 5_000
const graceStepMs = 200

/** Returns every queue that a run of this account needs. */
export function queuesOf(account: string): readonly Queue[] {
  const calls = rates.map((rate) => ({ name: queueOfClass(account, rate), kind: taskQueueType.activity }))
  return [{ name: workflowQueue, kind: taskQueueType.workflow }, ...calls]
}

export interface PollerCheck {
  /** @throws NoWorkerError that names every queue of this account without a poller */
  requireWorkers(account: string): Promise<void>
  /** @throws NoWorkerError if no worker polls this task queue for workflows */
  requireWorkerOn(taskQueue: string): Promise<void>
}

export interface PollerCheckOptions {
  /** Timeout of a call, ms. */
  readonly answerTimeoutMs: number
  /** Accepts workers of any build, because one of them may be about to become the current one. */
  readonly anyBuild?: boolean
  /** Monotonic time, ms. Tests replace it. */
  readonly now?: () => number
  /** Temporal's time. Tests replace it. */
  readonly clock?: TemporalClock
}

/** Creates a check for workers that poll. Without it, a run without a worker would look like a slow run. */
export function createPollerCheck(
  client: Client,
  {
    answerTimeoutMs,
    anyBuild = false,
    now = () => performance.now(),
    clock = clockOf(client),
  }: PollerCheckOptions,
): PollerCheck {
  const seenAt = new Map<string, number>()
  const asked = new Map<string, Promise<LackingQueue | undefined>>()
  // Runs outside of any caller's deadline and signal, which the Temporal client keeps in async context: a thousand
  // simultaneous starts share one call, and the first of them may abort.
  const outside = new AsyncResource('vodflow.pollers')

  async function lackOf(queue: Queue): Promise<LackingQueue | undefined> {
    const { name } = queue
    if (now() - (seenAt.get(name) ?? Number.NEGATIVE_INFINITY) < trustedForMs) return undefined
    const question = asked.get(name) ?? outside.runInAsyncScope(ask, null, queue)
    asked.set(name, question)
    return question
  }

  async function ask(queue: Queue): Promise<LackingQueue | undefined> {
    try {
      const polled = await client.withDeadline(Date.now() + answerTimeoutMs, () =>
        polledOrUnknown(client, queue, clock),
      )
      const enough = anyBuild && polled && polled.pollers.length > 0
      const lack = polled && !enough ? lackIn(polled) : undefined
      if (polled && lack) return { queue, lack, polled }
      seenAt.set(queue.name, now())
      return undefined
    } finally {
      asked.delete(queue.name)
    }
  }

  async function lacking(queues: readonly Queue[]): Promise<readonly LackingQueue[]> {
    const lacks = await Promise.all(queues.map(lackOf))
    return lacks.filter((lack) => lack !== undefined)
  }

  async function requireOn(queues: readonly Queue[], remedy: string): Promise<void> {
    let missing = await lacking(queues)
    for (let waited = 0; missing.length > 0 && waited < graceMs; waited += graceStepMs) {
      await sleep(graceStepMs)
      missing = await lacking(missing.map(({ queue }) => queue))
    }
    if (missing.length > 0) throw noWorkers(missing, remedy)
  }

  return {
    requireWorkers: (account) => requireOn(queuesOf(account), startOne(account)),
    requireWorkerOn: (taskQueue) =>
      requireOn([{ name: taskQueue, kind: taskQueueType.workflow }], startOn(taskQueue)),
  }
}

/** A queue whose tasks no worker takes, and the reason. */
interface LackingQueue {
  readonly queue: Queue
  readonly lack: NoWorkerDetails
  readonly polled: QueuePollers
}

/** Returns an error that names all queues without a worker. A problem with versioning is the same for all queues of a build. */
function noWorkers(missing: readonly LackingQueue[], remedy: string): NoWorkerError {
  const names = missing.map(({ queue }) => queue.name)
  const versioned = missing.find(({ lack }) => lack.reason !== 'noWorker')
  if (!versioned) return new NoWorkerError(names, remedy)
  return lackErrorOf(names, versioned)
}

/** Returns the remedy that starts a worker of vodflow. */
export function startOne(account?: string): string {
  const which = account === undefined ? '' : ` for the account "${account}"`
  return `Start one${which}: npx vodflow worker, with the same TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE. Also check the spelling of the account.`
}

/** Returns the remedy that starts the worker of a task queue. */
export function startOn(queue: string): string {
  return queue === workflowQueue ? startOne() : `Start the worker that serves "${queue}".`
}

/** A task queue with the time of the last poll of each worker, in Temporal's time, ms. */
export interface PolledQueue extends QueuePollers {
  readonly pollers: readonly (Poller & { readonly polledAt: number })[]
}

/** Returns the pollers of a queue that polled lately, and the current and ramping builds of the queue. */
export async function polledBy(
  client: Client,
  { name, kind }: Queue,
  clock: TemporalClock = clockOf(client),
): Promise<PolledQueue> {
  const [{ pollers, versioningInfo }, now] = await Promise.all([
    client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name },
      taskQueueType: kind,
    }),
    clock.now(),
  ])
  // Without Temporal's time, all listed pollers count. Some may have been gone for up to 5 minutes.
  const since = now === undefined ? Number.NEGATIVE_INFINITY : now - goneAfterMs
  const current = buildOf(versioningInfo?.currentDeploymentVersion)
  const ramping = buildOf(versioningInfo?.rampingDeploymentVersion)
  const percentage = versioningInfo?.rampingVersionPercentage ?? 0
  return {
    pollers: (pollers ?? [])
      .map(({ identity, deploymentOptions, lastAccessTime }) => {
        const build = deploymentOptions?.workerVersioningMode === versionedMode && buildOf(deploymentOptions)
        const polledAt = Number(lastAccessTime?.seconds ?? 0) * 1_000
        return { identity: identity ?? '', polledAt, ...(build ? { build } : {}) }
      })
      .filter(({ polledAt }) => polledAt >= since),
    ...(current ? { current } : {}),
    ...(ramping && percentage > 0 ? { ramping: { ...ramping, percentage } } : {}),
  }
}

/** `temporal.api.enums.v1.WorkerVersioningMode`. */
const versionedMode = 2

/** Returns undefined if the client may not describe queues, so that no start is refused then. */
async function polledOrUnknown(
  client: Client,
  queue: Queue,
  clock: TemporalClock,
): Promise<QueuePollers | undefined> {
  try {
    return await polledBy(client, queue, clock)
  } catch (error) {
    const code = grpcCodeOf(error)
    if (code === grpc.permissionDenied || code === grpc.unimplemented) return undefined
    throw error
  }
}
