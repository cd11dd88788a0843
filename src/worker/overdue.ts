import { Client } from '@temporalio/client'
import { type NativeConnection, Runtime } from '@temporalio/worker'
import { overdueGauge } from '../vod/metrics.js'
import { overdueAttribute } from '../vod/searchAttributes.js'

const intervalMs = 60_000

/**
 * Counts overdue runs every minute, for the metric of that name. A namespace without vodflow's search attributes cannot tell: then
 * there is no such metric. @returns a function that stops it.
 */
export function watchOverdue(connection: NativeConnection, namespace: string): () => Promise<void> {
  const client = new Client({ connection, namespace })
  const gauge = Runtime.instance().metricMeter.createGauge(
    overdueGauge.name,
    'int',
    undefined,
    overdueGauge.help,
  )
  const count = async () => {
    const found = await client.workflow
      .count(`ExecutionStatus = 'Running' AND ${overdueAttribute} IS NOT NULL`)
      .catch(() => undefined)
    if (found) gauge.set(found.count, { namespace })
  }
  let counting = count()
  const timer = setInterval(() => {
    counting = count()
  }, intervalMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await counting
  }
}
