import { type Client, WorkflowFailedError } from '@temporalio/client'
import { passing } from '../contract/check.js'
import { outcomeOfFailure } from '../contract/mediaFailure.js'
import type { Outcome } from '../contract/outcome.js'
import { outcomeCheck } from '../contract/outcomeCheck.js'

/**
 * Returns the outcome of a run of one step that has completed or failed, or undefined if it ended with anything else. Over 16 KiB, the
 * outcome of a failed run is `truncated`.
 */
export async function outcomeOfRun(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId?: string },
): Promise<Outcome | undefined> {
  try {
    return passing(outcomeCheck, await client.workflow.getHandle(workflowId, runId).result())
  } catch (error) {
    if (error instanceof WorkflowFailedError) return outcomeOfFailure(error.cause)
    throw error
  }
}
