import type { Client } from '@temporalio/client'
import { executionsIn } from '../temporal/executions.js'
import { quoted } from '../temporal/listQuery.js'

/** A task queue that has runs. */
export interface QueueOfRuns {
  readonly name: string
  /** Workflow id of one of its runs. */
  readonly workflowId: string
}

/**
 * Returns true if a query can name the queue. Temporal's queries do not find all names with quotes, backslashes or control characters, and
 * some servers refuse them (measured with 1.32).
 */
export function canBeSearched(queue: string): boolean {
  return !/["'\\\p{Cc}]/u.test(queue)
}

/** Counts the runs of a query that are on a task queue. */
export async function countOn(client: Client, query: string, queue: string): Promise<number> {
  if (canBeSearched(queue))
    return (await client.workflow.count(`${query} AND TaskQueue = ${quoted(queue)}`)).count
  let count = 0
  for await (const { taskQueue } of executionsIn(client).list({ query, pageSize: 1_000 }))
    if (taskQueue === queue) count++
  return count
}

/** Returns the task queues of the runs that a query finds, at most `most`, without those of `except`. */
export async function queuesOfRuns(
  client: Client,
  query: string,
  most: number,
  except: readonly string[] = [],
): Promise<QueueOfRuns[]> {
  const queues: QueueOfRuns[] = []
  const known = new Set(except)
  while (queues.length < most) {
    const other = await otherQueue(client, query, known)
    if (!other) break
    queues.push(other)
    known.add(other.name)
  }
  return queues
}

/** Returns the next task queue. A query cannot exclude queues with odd names, so their runs are listed again, and skipped. */
async function otherQueue(
  client: Client,
  query: string,
  known: ReadonlySet<string>,
): Promise<QueueOfRuns | undefined> {
  const names = [...known].filter(canBeSearched)
  const others = names.length === 0 ? '' : ` AND TaskQueue NOT IN (${names.map(quoted).join(', ')})`
  const pageSize = names.length === known.size ? 1 : 1_000
  for await (const { taskQueue: name, workflowId } of executionsIn(client).list({
    query: `${query}${others}`,
    pageSize,
  }))
    if (!known.has(name)) return { name, workflowId }
  return undefined
}
