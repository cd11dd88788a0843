import type { Client } from '@temporalio/client'
import { quoted } from '../temporal/listQuery.js'
import { firstOf } from './builds.js'

/** The task queues that runs of a query are on, up to so many. */
export async function queuesOfRuns(client: Client, query: string, most: number): Promise<string[]> {
  const queues: string[] = []
  while (queues.length < most) {
    const others = queues.length === 0 ? '' : ` AND TaskQueue NOT IN (${queues.map(quoted).join(', ')})`
    const run = await firstOf(client, `${query}${others}`)
    if (!run) break
    queues.push(run.taskQueue)
  }
  return queues
}
