import { Client } from '@temporalio/client'
import { type NativeConnection, Runtime } from '@temporalio/worker'
import { isTransient } from '../client/errorsOfTemporal.js'
import { stuckReasons, stuckRuns } from '../client/stuckRuns.js'
import { submitsOf } from '../temporal/submits.js'
import { gauges } from '../vod/metrics.js'
import { overdueAttribute } from '../vod/searchAttributes.js'

const intervalMs = 60_000
/** How long all questions about stuck runs may take, ms. */
const answerMs = 10_000

/** What is counted in Temporal. */
export interface Counted {
  readonly connection: NativeConnection
  readonly namespace: string
  readonly accounts: readonly string[]
}

/**
 * Asks Temporal every minute for what no event tells: how many runs are overdue or cannot continue, whether submits of the accounts are
 * stopped, and how many wait. A namespace without vodflow's search attributes cannot tell the first: then there is no such metric.
 * @returns a function that stops it.
 */
export function watchGauges({ connection, namespace, accounts }: Counted): () => Promise<void> {
  const client = new Client({ connection, namespace })
  const gauge = ({ name, help }: { readonly name: string; readonly help: string }) =>
    Runtime.instance().metricMeter.createGauge(name, 'int', undefined, help)
  const up = gauge(gauges.temporalUp)
  const stuck = gauge(gauges.stuck)
  const overdue = gauge(gauges.overdue)
  const stopped = gauge(gauges.submitsStopped)
  const waiting = gauge(gauges.submitsWaiting)
  const countStuck = async () => {
    const asked = client.withDeadline(Date.now() + answerMs, () => stuckRuns(client))
    const groups = await asked.catch((error: unknown) => {
      up.set(isTransient(error) ? 0 : 1, { namespace })
      throw error
    })
    up.set(1, { namespace })
    for (const reason of stuckReasons) {
      // These have a gauge of their own.
      if (reason === 'overdue') continue
      const runs = groups.filter((group) => group.reason === reason).map(({ count }) => count)
      stuck.set(
        runs.reduce((sum, count) => sum + count, 0),
        { namespace, reason },
      )
    }
  }
  const countOverdue = async () => {
    const query = `ExecutionStatus = 'Running' AND ${overdueAttribute} IS NOT NULL`
    overdue.set((await client.workflow.count(query)).count, { namespace })
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
  // Where Temporal does not tell, there is no value.
  const count = () => Promise.allSettled([countStuck(), countOverdue(), ...accounts.map(countSubmits)])
  let counting: Promise<unknown> = count()
  const timer = setInterval(() => {
    counting = count()
  }, intervalMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await counting
  }
}
