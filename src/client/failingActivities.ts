import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { optionalTsToDate } from '@temporalio/common/lib/time.js'
import { activityState } from '../temporal/enums.js'
import { failureMessage } from '../temporal/failureMessage.js'
import { ownerOfActivity, payloadReader, readerFor } from '../temporal/payloads.js'

/** An activity of a run that failed, and that Temporal tries again. */
export interface FailingActivity {
  /** Its name. */
  readonly activity: string
  /** Number of the current or the next attempt. */
  readonly attempt: number
  /** What the last attempt failed with. */
  readonly problem: string
  /** When it is tried again; absent while it is being tried, and where it is paused. */
  readonly nextTry?: Date
  /** Someone has paused it: it is not tried again until someone unpauses it. */
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
