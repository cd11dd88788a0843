import type { Client, WorkflowExecutionDescription, WorkflowFailedError } from '@temporalio/client'
import { CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common'
import type { Cancelled } from '../contract/progress.js'
import { memoFields } from '../contract/runNames.js'
import { beginningOf, neverBegan } from '../temporal/beginning.js'
import { memoField } from '../temporal/executions.js'

/** What Temporal's records say of a run that ended without an outcome. */
export interface EndedHow {
  /** None of its code ran, and none of it can run: nothing was made, and nothing can be waited for. */
  readonly neverBegan: boolean
  readonly cancelled: Cancelled | undefined
}

/** Who can end a run before it begins. */
const fromOutside = [CancelledFailure, TerminatedFailure, TimeoutFailure]

/** The history is read only where nothing else proves that a run has made no task. A key that may not read it does not know. */
export async function endedHow(
  client: Client,
  { cause }: WorkflowFailedError,
  latest: WorkflowExecutionDescription | undefined,
): Promise<EndedHow> {
  const cancelled = memoField<Cancelled>(latest?.memo, memoFields.cancelled)
  if (!latest || cancelled || !fromOutside.some((kind) => cause instanceof kind))
    return { cancelled, neverBegan: false }
  const beginning = await beginningOf(client, latest).catch(() => undefined)
  return { cancelled, neverBegan: beginning !== undefined && neverBegan(beginning) }
}
