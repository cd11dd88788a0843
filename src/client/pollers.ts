import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { type QueuedAction, queueFor, rateClasses, workflowQueue } from '../vod/queues.js'
import { NoWorkerError } from './errors.js'
import { grpc, grpcCodeOf } from './errorsOfTemporal.js'

/** `temporal.api.enums.v1.TaskQueueType`. */
type QueueKind = 1 | 2

interface Queue {
  readonly name: string
  readonly kind: QueueKind
}

/**
 * A poller not seen for so long is gone, ms. Temporal remembers one for 5 minutes after its last poll; a poll of an
 * idle worker takes up to 60 s, so one that lives may have been seen that long ago (measured: 57 s).
 */
const goneAfterMs = 90_000

/** How long a queue that had a poller is not asked about again, ms. A queue without one is asked about every time. */
const trustedForMs = 30_000

/** A worker that starts together with its client is seen within so long, ms; then its absence is believed. */
const graceMs = 2_000
const graceStepMs = 200

/** Every queue that a run of this account needs. */
export function queuesOf(account: string): readonly Queue[] {
  const actions = Object.keys(rateClasses) as QueuedAction[]
  const activityQueues = new Set(actions.map((action) => queueFor(account, action)))
  return [
    { name: workflowQueue, kind: 1 },
    ...[...activityQueues].map((name) => ({ name, kind: 2 }) as const),
  ]
}

export interface PollerCheck {
  /** @throws NoWorkerError with the name of every queue of this account that nobody polls. */
  requireWorkers(account: string): Promise<void>
}

/** Asks Temporal who polls: otherwise a run without a worker looks just like a slow one. */
export function createPollerCheck(client: Client, now: () => number = Date.now): PollerCheck {
  const seenAt = new Map<string, number>()

  async function isPolled({ name, kind }: Queue): Promise<boolean> {
    if (now() - (seenAt.get(name) ?? Number.NEGATIVE_INFINITY) < trustedForMs) return true
    const polled = await hasPoller(client, { name, kind }, now() - goneAfterMs)
    if (polled) seenAt.set(name, now())
    return polled
  }

  async function unpolled(queues: readonly Queue[]): Promise<readonly Queue[]> {
    const polled = await Promise.all(queues.map(isPolled))
    return queues.filter((_, index) => !polled[index])
  }

  return {
    async requireWorkers(account) {
      let missing = await unpolled(queuesOf(account))
      for (let waited = 0; missing.length > 0 && waited < graceMs; waited += graceStepMs) {
        await sleep(graceStepMs)
        missing = await unpolled(missing)
      }
      if (missing.length === 0) return
      const names = missing.map(({ name }) => name)
      throw new NoWorkerError(names, startOne)
    },
  }
}

/** How a worker is started, for messages. */
export const startOne =
  'Start one with `npx vodflow worker` on the same TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE, or pass requireWorker: false to start the run anyway; it will wait for a worker.'

async function hasPoller(client: Client, { name, kind }: Queue, since: number): Promise<boolean> {
  try {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name },
      taskQueueType: kind,
    })
    return (pollers ?? []).some(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 >= since)
  } catch (error) {
    // Who may start runs may not be allowed to look at queues: then nothing is known, and nothing is refused.
    const code = grpcCodeOf(error)
    if (code === grpc.permissionDenied || code === grpc.unimplemented) return true
    throw error
  }
}
