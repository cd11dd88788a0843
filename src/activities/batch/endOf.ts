import { type Client, WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure, CancelledFailure, WorkflowNotFoundError } from '@temporalio/common'
import type { ItemEnded } from '../../contract/batch.js'
import { passing } from '../../contract/check.js'
import { itemCanceled, itemEndedOf, itemFailed } from '../../contract/itemEnded.js'
import { outcomeCheck } from '../../contract/outcomeCheck.js'
import { asCancelSummary, type CancelSummary } from '../../contract/progress.js'
import { memoFields } from '../../contract/runNames.js'
import { cut } from '../../contract/text.js'
import { delayedUntil } from '../../temporal/delayedUntil.js'
import { memoField, problemOfMemo, type Unreadable } from '../../temporal/executions.js'
import type { Execution } from '../../temporal/executionsOf.js'

/** Returns how the run of an item ended, or undefined while it is running. */
export async function endOf(client: Client, FileId: string, run: Execution): Promise<ItemEnded | undefined> {
  if (run.status.name === 'RUNNING') return itemDelayed(FileId, run)
  try {
    const outcome = passing(outcomeCheck, await client.workflow.getHandle(run.workflowId, run.runId).result())
    return outcome ? itemEndedOf(FileId, outcome) : itemOdd(FileId, run)
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return itemForgotten(FileId)
    if (!(error instanceof WorkflowFailedError)) throw error
    if (!(error.cause instanceof CancelledFailure)) return itemFailed(FileId, innermost(error.cause) ?? error)
    return itemCanceled(FileId, error.cause.message, saidIn(run))
  }
}

/** A batch starts no run with a delay, so the run is foreign, and may still make any task. */
function itemDelayed(FileId: string, run: Execution): ItemEnded | undefined {
  const until = delayedUntil(run)
  return until && itemUnknown(FileId, `"${run.workflowId}" starts only at ${until.toISOString()}`)
}

/** A foreign worker has ended the run. */
function itemOdd(FileId: string, { workflowId }: Execution): ItemEnded {
  return itemUnknown(FileId, `the result of "${workflowId}" is not an outcome`)
}

function itemUnknown(FileId: string, reason: string): ItemEnded {
  return { FileId, status: 'unknown', reason: cut(reason, 200) }
}

/** The tasks of its run are unknown. */
export function itemForgotten(FileId: string): ItemEnded {
  return itemCanceled(FileId, 'Temporal no longer has its run')
}

/** It may be the run of the item, so any task may have been made. */
export function itemUnreadable(FileId: string, workflowId: string, { problem }: Unreadable): ItemEnded {
  return itemUnknown(FileId, `this worker cannot read the input of "${workflowId}": ${problem}`)
}

/** A canceled run writes a summary into its memo. A run without one was canceled before it started. */
function saidIn({ memo }: Execution): CancelSummary | undefined {
  if (problemOfMemo(memo) !== undefined) return undefined
  const nothing = { stopped: [], ended: [], left: [], submitUnanswered: false }
  return asCancelSummary(memoField(memo, memoFields.canceled)) ?? nothing
}

/** The failure of an activity wraps the failure that it threw. */
function innermost(error: unknown): ApplicationFailure | undefined {
  if (!(error instanceof Error)) return undefined
  return innermost(error.cause) ?? (error instanceof ApplicationFailure ? error : undefined)
}
