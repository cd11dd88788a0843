import { type Client, WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure, CancelledFailure, WorkflowNotFoundError } from '@temporalio/common'
import type { ItemEnded } from '../../contract/batch.js'
import { isItemOutcome, itemCanceled, itemEndedOf, itemFailed } from '../../contract/itemEnded.js'
import { asCancelSummary, type CancelSummary } from '../../contract/progress.js'
import { memoFields } from '../../contract/runNames.js'
import { cut } from '../../contract/text.js'
import { delayedUntil } from '../../temporal/delayedUntil.js'
import { memoField, problemOfMemo, type Unreadable } from '../../temporal/executions.js'
import type { Execution } from '../../temporal/executionsOf.js'

/** How a run of an item ended; undefined while it goes on. */
export async function endOf(client: Client, FileId: string, run: Execution): Promise<ItemEnded | undefined> {
  if (run.status.name === 'RUNNING') return itemDelayed(FileId, run)
  try {
    const outcome = await client.workflow.getHandle(run.workflowId, run.runId).result()
    return isItemOutcome(outcome) ? itemEndedOf(FileId, outcome) : itemOdd(FileId, run)
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return itemForgotten(FileId)
    if (!(error instanceof WorkflowFailedError)) throw error
    if (!(error.cause instanceof CancelledFailure)) return itemFailed(FileId, innermost(error.cause) ?? error)
    return itemCanceled(FileId, error.cause.message, saidIn(run))
  }
}

/** A batch starts no run with a delay, so another has. It may still make anything. */
function itemDelayed(FileId: string, run: Execution): ItemEnded | undefined {
  const until = delayedUntil(run)
  return until && itemUnknown(FileId, `"${run.workflowId}" starts only at ${until.toISOString()}`)
}

/** The worker of another has ended it. */
function itemOdd(FileId: string, { workflowId }: Execution): ItemEnded {
  return itemUnknown(FileId, `what "${workflowId}" returned is no outcome`)
}

function itemUnknown(FileId: string, reason: string): ItemEnded {
  return { FileId, status: 'unknown', reason: cut(reason, 200) }
}

/** Nothing tells what its run has made. */
export function itemForgotten(FileId: string): ItemEnded {
  return itemCanceled(FileId, 'Temporal has forgotten its run')
}

/** It may be the run of the item, which may have made anything. */
export function itemUnreadable(FileId: string, workflowId: string, { problem }: Unreadable): ItemEnded {
  return itemUnknown(FileId, `this worker cannot read what "${workflowId}" was started with: ${problem}`)
}

/** The run itself wrote it when it was canceled. Without a word it was canceled before it began. */
function saidIn({ memo }: Execution): CancelSummary | undefined {
  if (problemOfMemo(memo) !== undefined) return undefined
  const nothing = { stopped: [], ended: [], left: [], submitUnanswered: false }
  return asCancelSummary(memoField(memo, memoFields.cancelled)) ?? nothing
}

/** An activity's failure wraps what it threw. */
function innermost(error: unknown): ApplicationFailure | undefined {
  if (!(error instanceof Error)) return undefined
  return innermost(error.cause) ?? (error instanceof ApplicationFailure ? error : undefined)
}
