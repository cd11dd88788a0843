import { type Client, WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure, CancelledFailure, WorkflowNotFoundError } from '@temporalio/common'
import { itemCanceled, itemEndedOf, itemFailed } from '../../vod/itemEnded.js'
import type { ItemEnded } from '../../vod/library.js'
import type { Outcome } from '../../vod/outcome.js'
import { memoFields } from '../../vod/runNames.js'

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
      return itemCanceled(FileId, 'Temporal has forgotten its run')
    }
    if (!(error instanceof WorkflowFailedError)) throw error
    if (!(error.cause instanceof CancelledFailure)) return itemFailed(FileId, innermost(error.cause) ?? error)
    const { memo } = await handle.describe()
    // Without a word it was canceled before it began.
    const said = memo?.[memoFields.cancelled] ?? { stopped: [], ended: [], left: [], submitUnanswered: false }
    return itemCanceled(FileId, error.cause.message, said as Parameters<typeof itemCanceled>[2])
  }
}

/** An activity's failure wraps what it threw. */
function innermost(error: unknown): ApplicationFailure | undefined {
  if (!(error instanceof Error)) return undefined
  return innermost(error.cause) ?? (error instanceof ApplicationFailure ? error : undefined)
}
