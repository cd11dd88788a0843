import type { Client, WorkflowExecutionDescription, WorkflowFailedError } from '@temporalio/client'
import { CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common'
import { asCancelSummary, type CancelSummary } from '../contract/progress.js'
import { memoFields } from '../contract/runNames.js'
import { beginningOf, neverBegan } from '../temporal/beginning.js'
import { memoField } from '../temporal/executions.js'

/** Temporal's record of a run that ended without an outcome. */
export interface EndedHow {
  /** True if none of its code ran or can run, so that it made no task that could be waited for. */
  readonly neverBegan: boolean
  readonly canceled: CancelSummary | undefined
}

/** Failures that can end a run before its code starts. */
const fromOutside = [CancelledFailure, TerminatedFailure, TimeoutFailure]

/**
 * Finds out how a run ended. It reads the history only if nothing else proves that the run made no task. Without permission to read it,
 * `neverBegan` is false.
 */
export async function endedHow(
  client: Client,
  { cause }: WorkflowFailedError,
  latest: WorkflowExecutionDescription | undefined,
): Promise<EndedHow> {
  const canceled = asCancelSummary(memoField(latest?.memo, memoFields.canceled))
  if (!latest || canceled || !fromOutside.some((kind) => cause instanceof kind))
    return { canceled, neverBegan: false }
  const beginning = await beginningOf(client, latest).catch(() => undefined)
  return { canceled, neverBegan: beginning !== undefined && neverBegan(beginning) }
}
