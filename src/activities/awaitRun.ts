import { WorkflowFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { AwaitRun } from '../contract/activities.js'
import { backoffMs } from '../contract/backoff.js'
import { minute } from '../contract/time.js'
import { askAgain } from './failure.js'
import { activityInfo, getClient } from './sdk.js'

const waitMs = { first: 500, most: minute }

/** The result of a workflow that was started before, asked for again and again until it has ended. No call to VOD. */
export async function awaitRun({
  workflowId,
  workflowType,
}: AwaitRun): Promise<{ readonly result: unknown }> {
  const handle = getClient().workflow.getHandle(workflowId)
  const { status, type } = await handle.describe()
  if (type !== workflowType) {
    const message = `"${workflowId}" is the id of a run of ${type}, not of ${workflowType}`
    throw ApplicationFailure.nonRetryable(message, 'OtherWorkflow')
  }
  if (status.name === 'RUNNING')
    throw askAgain(`"${workflowId}" goes on`, backoffMs(waitMs, activityInfo().attempt))
  try {
    return { result: await handle.result() }
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error
    const message = `"${workflowId}" has not succeeded: ${error.cause?.message ?? error.message}`
    throw ApplicationFailure.create({
      message,
      type: 'EarlierRunFailed',
      nonRetryable: true,
      ...(error.cause ? { cause: error.cause } : {}),
    })
  }
}
