import { AsyncResource } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { workflowQueue } from '../contract/queues.js'
import { minute } from '../contract/time.js'
import { taskQueueType } from '../temporal/enums.js'

/** Tells Temporal's time: the clock of this machine may be minutes off. */
export interface TemporalClock {
  /** Milliseconds since the epoch; undefined where Temporal does not tell. */
  now(): Promise<number | undefined>
}

/** Nothing else polls it, and no activity is ever sent to it. */
const clockQueue = `${workflowQueue}.clock`

/** How long a measured difference is believed, and how long it is believed that Temporal does not tell, ms. */
const believedMs = 5 * minute
const silentMs = 30_000
/** How long a measurement may take, and the pause between two looks for the own poll, ms. */
const measureMs = 2_000
const lookMs = 50
/** Temporal refuses a poll with a deadline of 2 s or less. The poll is stopped as soon as its time is read. */
const pollMs = 10_000

const clocks = new WeakMap<Client, TemporalClock>()
/** Outside of any caller's deadline and signal, which the Temporal client keeps in async context: all callers share a measurement. */
const outside = new AsyncResource('vodflow.clock')

interface Measured {
  readonly at: number
  readonly offset: Promise<number | undefined>
  believedMs: number
}

/** One clock for each client, because a measurement takes two calls. */
export function clockOf(client: Client): TemporalClock {
  const known = clocks.get(client)
  if (known) return known
  let latest: Measured | undefined
  const clock: TemporalClock = {
    async now() {
      if (!latest || performance.now() - latest.at > latest.believedMs) latest = begin(client)
      const ahead = await latest.offset
      return ahead === undefined ? undefined : ahead + performance.now()
    },
  }
  clocks.set(client, clock)
  return clock
}

function begin(client: Client): Measured {
  const offset = outside.runInAsyncScope(measure, null, client)
  const measured: Measured = { at: performance.now(), offset, believedMs }
  void offset.then((ahead) => {
    if (ahead === undefined) measured.believedMs = silentMs
  })
  return measured
}

/**
 * How far Temporal's time is ahead of `performance.now()`. No call of Temporal's answers its time, but it writes down when each worker
 * polled last: so this polls an empty queue for a moment and reads what Temporal wrote.
 */
async function measure(client: Client): Promise<number | undefined> {
  const stop = new AbortController()
  const identity = `vodflow/clock ${randomUUID()}`
  const { namespace } = client.options
  let over = false
  const ended = () => {
    over = true
  }
  client
    .withDeadline(Date.now() + pollMs, () =>
      client.withAbortSignal(stop.signal, () =>
        client.workflowService.pollActivityTaskQueue({
          namespace,
          identity,
          taskQueue: { name: clockQueue },
        }),
      ),
    )
    .then(ended, ended)
  try {
    const began = performance.now()
    while (!over && performance.now() - began < measureMs) {
      const asked = performance.now()
      const { pollers } = await client.withDeadline(Date.now() + measureMs, () =>
        client.workflowService.describeTaskQueue({
          namespace,
          taskQueue: { name: clockQueue },
          taskQueueType: taskQueueType.activity,
        }),
      )
      const own = pollers?.find((poller) => poller.identity === identity)?.lastAccessTime
      if (own) return Number(own.seconds ?? 0) * 1_000 + Number(own.nanos ?? 0) / 1e6 - asked
      await sleep(lookMs)
    }
    return undefined
  } catch {
    return undefined
  } finally {
    stop.abort()
  }
}
