import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { optionalTsToDate } from '@temporalio/common/lib/time.js'
import { activityState } from '../temporal/enums.js'
import { failureMessage } from '../temporal/failureMessage.js'
import { ownerOfActivity, payloadReader, readerFor } from '../temporal/payloads.js'

/** A failed activity of a run that Temporal retries. */
export interface FailingActivity {
  /** The name of the activity. */
  readonly activity: string
  /** Number of the current or the next attempt. */
  readonly attempt: number
  /** The error of the last attempt. */
  readonly problem: string
  /** Time of the next attempt. Absent during an attempt and while the activity is paused. */
  readonly nextTry?: Date
  /** The activity is paused: Temporal does not retry it until it is unpaused. */
  readonly paused?: true
}

export async function failingActivities(
  client: Client,
  { raw, workflowId }: WorkflowExecutionDescription,
): Promise<FailingActivity[]> {
  const { namespace } = client.options
  const readAny = payloadReader(client.options)
  const failed = (raw.pendingActivities ?? []).filter(({ lastFailure }) => lastFailure)
  return Promise.all(
    failed.map(async ({ activityId, activityType, attempt, lastFailure, scheduledTime, state, paused }) => {
      const owner = ownerOfActivity(namespace, { workflowId, activityId: activityId ?? '' })
      const read = readerFor(readAny, owner)
      const nextTry = optionalTsToDate(scheduledTime)
      const waits = nextTry !== undefined && state === activityState.scheduled
      return {
        activity: activityType?.name ?? '',
        attempt: attempt ?? 1,
        problem: (lastFailure && (await failureMessage(lastFailure, read))) || 'it gave no reason',
        ...(waits ? { nextTry } : {}),
        ...(paused ? { paused } : {}),
      }
    }),
  )
}
