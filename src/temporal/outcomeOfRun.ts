import { type Client, WorkflowFailedError } from '@temporalio/client'
import { outcomeOfFailure } from '../contract/mediaFailure.js'
import type { Outcome } from '../contract/outcome.js'

/**
 * The outcome of a run of one step that has completed or failed; undefined where it failed otherwise. Over 16 KiB it is `truncated` where
 * the run has failed.
 */
export async function outcomeOfRun(
  client: Client,
  { workflowId, runId }: { readonly workflowId: string; readonly runId?: string },
): Promise<Outcome | undefined> {
  try {
    return (await client.workflow.getHandle(workflowId, runId).result()) as Outcome
  } catch (error) {
    if (error instanceof WorkflowFailedError) return outcomeOfFailure(error.cause)
    throw error
  }
}
