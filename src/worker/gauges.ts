import { Client } from '@temporalio/client'
import type { NativeConnection } from '@temporalio/worker'
import { type Stuck, type StuckReason, stuckReasons, stuckRuns } from '../client/stuckRuns.js'
import { gauges, meterWith } from '../contract/metrics.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { submitsOf } from '../temporal/submits.js'
import { Runtime } from './sdk.js'

/** Shortest and longest pause between two counts, ms. It is random, so that workers that start together soon count at different times. */
const pauseMs = { least: 45_000, most: 75_000 }
/** Timeouts of the count of stuck runs, and of the check that Temporal answers, ms. */
const answerMs = 10_000
const upMs = 5_000

/** Options of {@link watchGauges}. */
export interface GaugeOptions {
  /** Connection of the worker. */
  readonly connection: NativeConnection
  /** Temporal's namespace. */
  readonly namespace: string
  /** Aliases of the Tencent accounts whose submits are counted. */
  readonly accounts: readonly string[]
}

/** Status codes that mean that the server is unreachable, or that the caller has no access. */
const away: readonly (number | undefined)[] = [grpc.unavailable, grpc.deadlineExceeded, grpc.unauthenticated]

/**
 * Counts about once a minute, in Temporal, what no event reports: how many runs are overdue or cannot continue, whether submits of the
 * accounts are stopped, and how many wait. If a count fails, its gauge keeps the last value. So a counter records the counts that
 * succeeded.
 *
 * @returns a function that stops the counts
 */
export function watchGauges({ connection, namespace, accounts }: GaugeOptions): () => Promise<void> {
  const client = new Client({ connection, namespace })
  const meter = meterWith(Runtime.instance().metricMeter)
  const gauge = ({ name, help }: { readonly name: string; readonly help: string }) =>
    Runtime.instance().metricMeter.createGauge(name, 'int', undefined, help)
  const up = gauge(gauges.temporalUp)
  const stuck = gauge(gauges.stuck)
  const overdue = gauge(gauges.overdue)
  const stopped = gauge(gauges.submitsStopped)
  const waiting = gauge(gauges.submitsWaiting)
  const counted = (of: string) => meter.count('counts', { namespace, of })
  const askWhetherUp = async () => {
    const code = await client
      .withDeadline(Date.now() + upMs, () => connection.workflowService.describeNamespace({ namespace }))
      .then(() => undefined, grpcCodeOf)
    up.set(away.includes(code) ? 0 : 1, { namespace })
  }
  const countStuck = async () => {
    const found = await client.withDeadline(Date.now() + answerMs, () => stuckRuns(client))
    for (const reason of stuckReasons) {
      const unknown = found.notAsked.filter(({ reasons }) => reasons.includes(reason))
      if (unknown.some(({ partly }) => !partly)) continue
      // Overdue runs have their own gauge.
      if (reason === 'overdue') overdue.set(sumOf(found, reason, true), { namespace })
      else
        for (const ours of [true, false])
          stuck.set(sumOf(found, reason, ours), { namespace, reason, ours: String(ours) })
      if (unknown.length === 0) counted(reason)
    }
  }
  const countSubmits = async (account: string) => {
    const { queues } = await submitsOf(client, account)
    const tags = { namespace, account }
    stopped.set(queues.some(({ perSecond }) => perSecond === 0) ? 1 : 0, tags)
    waiting.set(
      queues.reduce((sum, queue) => sum + queue.waiting, 0),
      tags,
    )
  }
  const countAllSubmits = async () => {
    await Promise.all(accounts.map(countSubmits))
    counted('submits')
  }
  let counting: Promise<unknown>
  let timer: NodeJS.Timeout | undefined
  let over = false
  const count = () => {
    counting = Promise.allSettled([askWhetherUp(), countStuck(), countAllSubmits()]).then(() => {
      if (over) return
      timer = setTimeout(count, pauseMs.least + Math.random() * (pauseMs.most - pauseMs.least))
      timer.unref()
    })
  }
  count()
  return async () => {
    over = true
    clearTimeout(timer)
    await counting
  }
}

function sumOf({ groups }: Stuck, reason: StuckReason, ours: boolean): number {
  return groups
    .filter((group) => group.reason === reason && group.ours === ours)
    .reduce((sum, { count }) => sum + count, 0)
}
