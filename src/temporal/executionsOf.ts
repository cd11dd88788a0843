import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, type WorkflowExecutionInfo, WorkflowNotFoundError } from '@temporalio/client'
import { executionsIn } from './executions.js'
import { quoted } from './listQuery.js'

/** An execution as lists and descriptions of `executionsIn` show it. */
export type Execution = Pick<WorkflowExecutionInfo, 'workflowId' | 'runId' | 'type' | 'status' | 'memo'>

/** What Temporal lists is not yet what it has. */
export class ListingLagsError extends Error {
  override readonly name = 'ListingLagsError'
}

/** How long a listing may lag, and how often it is asked for, ms. */
const lagMs = 5_000
const askMs = 100

/**
 * Every execution of a workflow id that Temporal still has, the latest first: they are kept for the retention of the namespace. Only
 * those before the latest cost a listing.
 *
 * @throws ListingLagsError when the listing lags by more than 5 s
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

/** Listings lag: one that shows the latest execution shows those before it. */
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
