import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import { workflowQueue } from '../vod/queues.js'

/** Tells Temporal's time: the clock of this machine may be minutes off. */
export interface TemporalClock {
  /** Milliseconds since the epoch; undefined where Temporal does not tell. */
  now(): Promise<number | undefined>
}

/** Nothing else polls it, and no activity is ever sent to it. */
const clockQueue = `${workflowQueue}.clock`
const activityKind = 2

/** How long a measured difference is believed, and how long a measurement may take, ms. */
const believedMs = 5 * 60_000
const measureMs = 2_000
/** Temporal refuses a poll with a deadline of 2 s or less. The poll is stopped as soon as its time is read. */
const pollMs = 10_000

const clocks = new WeakMap<Client, TemporalClock>()

/** One clock for each client, because a measurement takes two calls. */
export function clockOf(client: Client): TemporalClock {
  const known = clocks.get(client)
  if (known) return known
  let measured: { readonly at: number; readonly offset: Promise<number | undefined> } | undefined
  const clock: TemporalClock = {
    async now() {
      if (!measured || performance.now() - measured.at > believedMs)
        measured = { at: performance.now(), offset: measure(client) }
      const { offset } = measured
      const ahead = await offset
      if (ahead === undefined) measured = undefined
      return ahead === undefined ? undefined : ahead + performance.now()
    },
  }
  clocks.set(client, clock)
  return clock
}

/**
 * How far Temporal's time is ahead of `performance.now()`. No call of Temporal's answers its time, but it writes down when each worker
 * polled last: so this polls an empty queue for a moment and reads what Temporal wrote.
 */
async function measure(client: Client): Promise<number | undefined> {
  const stop = new AbortController()
  const identity = `vodflow/clock ${randomUUID()}`
  const { namespace } = client.options
  const polled = client
    .withDeadline(Date.now() + pollMs, () =>
      client.withAbortSignal(stop.signal, () =>
        client.workflowService.pollActivityTaskQueue({
          namespace,
          identity,
          taskQueue: { name: clockQueue },
        }),
      ),
    )
    .then(
      () => {},
      () => {},
    )
  let over = false
  void polled.then(() => {
    over = true
  })
  try {
    const began = performance.now()
    while (!over && performance.now() - began < measureMs) {
      const asked = performance.now()
      const { pollers } = await client.withDeadline(Date.now() + measureMs, () =>
        client.workflowService.describeTaskQueue({
          namespace,
          taskQueue: { name: clockQueue },
          taskQueueType: activityKind,
        }),
      )
      const own = pollers?.find((poller) => poller.identity === identity)?.lastAccessTime
      if (own) return Number(own.seconds ?? 0) * 1_000 + Number(own.nanos ?? 0) / 1e6 - asked
    }
    return undefined
  } catch {
    return undefined
  } finally {
    stop.abort()
    await polled
  }
}
