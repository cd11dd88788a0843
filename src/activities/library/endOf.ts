import { type Client, WorkflowFailedError } from '@temporalio/client'
import { WorkflowNotFoundError } from '@temporalio/common'
import { itemEndedOf, itemRefused } from '../../vod/itemEnded.js'
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
    if (error instanceof WorkflowNotFoundError) return itemRefused(FileId, 'Temporal has forgotten its run')
    if (!(error instanceof WorkflowFailedError)) throw error
    return itemRefused(FileId, error.cause?.message ?? error.message)
  }
}
