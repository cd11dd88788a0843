import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, type WorkflowExecutionInfo, WorkflowNotFoundError } from '@temporalio/client'
import { executionsIn } from './executions.js'
import { quoted } from './listQuery.js'

/** An execution as lists and descriptions of `executionsIn` show it. */
export type Execution = Pick<
  WorkflowExecutionInfo,
  'workflowId' | 'runId' | 'type' | 'status' | 'memo' | 'startTime' | 'executionTime'
>

/** Temporal does not list the latest executions yet. */
export class ListingLagsError extends Error {
  override readonly name = 'ListingLagsError'
}

/** Maximum lag of a listing, and pause between two listings, ms. */
const lagMs = 5_000
const askMs = 100

/**
 * Yields every execution of a workflow id, the latest first, within the retention period of the namespace. The latest execution needs no
 * listing, only those before it.
 *
 * @throws ListingLagsError if the listing lags by more than 5 s
 */
export async function* executionsOf(client: Client, workflowId: string): AsyncGenerator<Execution> {
  const latest = await latestOf(client, workflowId)
  if (!latest) return
  yield latest
  for (const execution of await listed(client, latest)) if (execution.runId !== latest.runId) yield execution
}

async function latestOf(client: Client, workflowId: string): Promise<Execution | undefined> {
  try {
    return await executionsIn(client).getHandle(workflowId).describe()
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined
    throw error
  }
}

/** Lists the executions until the latest one is shown, because listings lag. The list then also has those before it. */
async function listed(client: Client, { workflowId, runId }: Execution): Promise<readonly Execution[]> {
  const query = `WorkflowId = ${quoted(workflowId)}`
  for (let left = lagMs; left > 0; left -= askMs) {
    const found: Execution[] = []
    for await (const execution of executionsIn(client).list({ query })) found.push(execution)
    if (found.some((execution) => execution.runId === runId)) return found
    await sleep(askMs)
  }
  throw new ListingLagsError(`Temporal does not list the latest run of "${workflowId}" yet`)
}
