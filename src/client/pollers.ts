import { AsyncResource } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { queueOfClass, workflowQueue } from '../vod/queues.js'
import { rates } from '../vod/rates.js'
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
  const calls = rates.map((rate) => ({ name: queueOfClass(account, rate), kind: 2 }) as const)
  return [{ name: workflowQueue, kind: 1 }, ...calls]
}

export interface PollerCheck {
  /** @throws NoWorkerError with the name of every queue of this account that nobody polls. */
  requireWorkers(account: string): Promise<void>
}

export interface PollerCheckOptions {
  /** How long Temporal may take to answer, ms. */
  readonly answerTimeoutMs: number
  /** Milliseconds since the epoch, for tests. */
  readonly now?: () => number
}

/** Asks Temporal who polls: otherwise a run without a worker looks just like a slow one. */
export function createPollerCheck(
  client: Client,
  { answerTimeoutMs, now = Date.now }: PollerCheckOptions,
): PollerCheck {
  const seenAt = new Map<string, number>()
  const asked = new Map<string, Promise<boolean>>()
  // Outside of any caller's deadline and signal, which the Temporal client keeps in async context: a thousand
  // starts at once share one question, and the first of them may give up.
  const outside = new AsyncResource('vodflow.pollers')

  async function isPolled(queue: Queue): Promise<boolean> {
    const { name } = queue
    if (now() - (seenAt.get(name) ?? Number.NEGATIVE_INFINITY) < trustedForMs) return true
    const question = asked.get(name) ?? outside.runInAsyncScope(ask, null, queue)
    asked.set(name, question)
    return question
  }

  async function ask(queue: Queue): Promise<boolean> {
    try {
      const polled = await client.withDeadline(Date.now() + answerTimeoutMs, () =>
        hasPoller(client, queue, now() - goneAfterMs),
      )
      if (polled) seenAt.set(queue.name, now())
      return polled
    } finally {
      asked.delete(queue.name)
    }
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
      throw new NoWorkerError(names, startOne(account))
    },
  }
}

/** How a worker is started, for messages. */
export function startOne(account?: string): string {
  const which = account === undefined ? '' : ` for the account "${account}"`
  return `Start one${which}: npx vodflow worker, with the same TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE. Check also that the account is spelt as the worker has it.`
}

/** Who polls a queue: those that were seen lately. */
export async function pollersOf(
  client: Client,
  { name, kind }: Queue,
  since = Date.now() - goneAfterMs,
): Promise<readonly { readonly identity: string }[]> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name },
    taskQueueType: kind,
  })
  return (pollers ?? [])
    .filter(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000 >= since)
    .map(({ identity }) => ({ identity: identity ?? '' }))
}

async function hasPoller(client: Client, queue: Queue, since: number): Promise<boolean> {
  try {
    return (await pollersOf(client, queue, since)).length > 0
  } catch (error) {
    // Who may start runs may not be allowed to look at queues: then nothing is known, and nothing is refused.
    const code = grpcCodeOf(error)
    if (code === grpc.permissionDenied || code === grpc.unimplemented) return true
    throw error
  }
}
