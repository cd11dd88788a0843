import { AsyncResource } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { workflowQueue } from '../contract/queues.js'
import { minute } from '../contract/time.js'
import { taskQueueType } from '../temporal/enums.js'

/** Reads Temporal's time, because the clock of this machine may be minutes off. */
export interface TemporalClock {
  /** Returns milliseconds since the epoch, or undefined if Temporal's time cannot be read. */
  now(): Promise<number | undefined>
}

/** A task queue for the clock only. Nothing else polls it, and no activity is ever sent to it. */
const clockQueue = `${workflowQueue}.clock`

/** Times for which a measured offset, and a failed measurement, are kept, ms. */
const believedMs = 5 * minute
const silentMs = 30_000
/** Timeout of a measurement, and pause between two reads of it, ms. */
const measureMs = 2_000
const pauseMs = 50
/** Deadline of the poll, ms. Temporal refuses 2 s or less. The poll is stopped as soon as its time is read. */
const pollMs = 10_000

const clocks = new WeakMap<Client, TemporalClock>()
/** Measures outside of any caller's deadline and signal, which the Temporal client keeps in async context, because callers share it. */
const outside = new AsyncResource('vodflow.clock')

interface ClockSample {
  readonly at: number
  readonly offset: Promise<number | undefined>
  believedMs: number
}

/** Returns the clock of a client. All callers share one, because a measurement takes two calls. */
export function clockOf(client: Client): TemporalClock {
  const known = clocks.get(client)
  if (known) return known
  let latest: ClockSample | undefined
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

function begin(client: Client): ClockSample {
  const offset = outside.runInAsyncScope(measure, null, client)
  const measured: ClockSample = { at: performance.now(), offset, believedMs }
  void offset.then((ahead) => {
    if (ahead === undefined) measured.believedMs = silentMs
  })
  return measured
}

/**
 * Returns by how much Temporal's time is ahead of `performance.now()`. No call returns Temporal's time, but Temporal records when each
 * worker polled last. So this function polls an empty queue for a moment and reads that record.
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
      await sleep(pauseMs)
    }
    return undefined
  } catch {
    return undefined
  } finally {
    stop.abort()
  }
}
