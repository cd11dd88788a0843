import { type Client, WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common'
import { itemEndedOf, itemWithoutOutcome } from '../../vod/itemEnded.js'
import type { ItemEnded } from '../../vod/library.js'
import type { Outcome } from '../../vod/outcome.js'

/** How the run of an item ended; undefined while it goes on. */
export async function endOf(
  client: Client,
  { workflowId, FileId }: { readonly workflowId: string; readonly FileId: string },
): Promise<ItemEnded | undefined> {
  const handle = client.workflow.getHandle(workflowId)
  try {
    if ((await handle.describe()).status.name === 'RUNNING') return undefined
    return itemEndedOf(FileId, (await handle.result()) as Outcome)
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) {
      return itemWithoutOutcome(FileId, { status: 'cancelled', reason: 'Temporal has forgotten its run' })
    }
    if (!(error instanceof WorkflowFailedError)) throw error
    return withoutOutcome(FileId, error.cause ?? error)
  }
}

function withoutOutcome(FileId: string, failed: Error): ItemEnded {
  const failure = innermost(failed)
  if (failure?.type === 'Partial') return itemEndedOf(FileId, failure.details?.[0] as Outcome)
  const status = failure?.nonRetryable ? 'refused' : 'cancelled'
  return itemWithoutOutcome(FileId, { status, reason: failure?.message ?? failed.message })
}

/** An activity's failure wraps what it threw. */
function innermost(error: unknown): ApplicationFailure | undefined {
  if (!(error instanceof Error)) return undefined
  return innermost(error.cause) ?? (error instanceof ApplicationFailure ? error : undefined)
}
