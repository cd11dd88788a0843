import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { optionalTsToDate } from '@temporalio/common/lib/time.js'
import type { temporal } from '@temporalio/proto'
import { textOf } from '../contract/json.js'
import { isReserved } from '../contract/queues.js'
import { activityState } from '../temporal/enums.js'
import { failureMessage } from '../temporal/failureMessage.js'
import {
  ownerOfActivity,
  type PayloadReader,
  payloadReader,
  readable,
  readerFor,
} from '../temporal/payloads.js'

/** An activity of a run whose last attempt did not succeed, and that Temporal tries again. */
export interface RetriedActivity {
  /** The name of the activity. */
  readonly activity: string
  /** `notYet`: VOD has not finished, and nothing is wrong. `throttled`: VOD limits the rate of calls. `failed`: any other error. */
  readonly why: 'notYet' | 'throttled' | 'failed'
  /** The error code of VOD, e.g. `RequestLimitExceeded`. Absent if the error is not one of VOD. */
  readonly code?: string
  /** Number of the current or the next attempt. */
  readonly attempt: number
  /** The error of the last attempt, or what VOD answered. */
  readonly problem: string
  /** Time of the next attempt. Absent during an attempt and while the activity is paused. */
  readonly nextTry?: Date
  /** The activity is paused: Temporal does not retry it until it is unpaused. */
  readonly paused?: true
}

type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo

export async function retriedActivities(
  client: Client,
  { raw, workflowId }: Pick<WorkflowExecutionDescription, 'raw' | 'workflowId'>,
): Promise<RetriedActivity[]> {
  const { namespace } = client.options
  const readAny = payloadReader(client.options)
  const failed = (raw.pendingActivities ?? []).filter(({ lastFailure }) => lastFailure)
  return Promise.all(
    failed.map(async (pending) => {
      const { activityId, activityType, attempt, lastFailure, scheduledTime, state, paused } = pending
      const owner = ownerOfActivity(namespace, { workflowId, activityId: activityId ?? '' })
      const read = readerFor(readAny, owner)
      const nextTry = optionalTsToDate(scheduledTime)
      const waits = nextTry !== undefined && state === activityState.scheduled
      const code = await codeOf(pending, read)
      return {
        activity: activityType?.name ?? '',
        why: whyRetried(pending),
        ...(code === undefined ? {} : { code }),
        attempt: attempt ?? 1,
        problem: (lastFailure && (await failureMessage(lastFailure, read))) || 'it gave no reason',
        ...(waits ? { nextTry } : {}),
        ...(paused ? { paused } : {}),
      }
    }),
  )
}

/** Reads only the type of the failure, which no codec encrypts. Activities of yours may use the same types for something else. */
export function whyRetried({ lastFailure, activityOptions }: PendingActivity): RetriedActivity['why'] {
  if (!isReserved(activityOptions?.taskQueue?.name ?? '')) return 'failed'
  const type = lastFailure?.applicationFailureInfo?.type
  if (type === 'NotYet') return 'notYet'
  return type === 'throttled' ? 'throttled' : 'failed'
}

async function codeOf(
  { lastFailure, activityOptions }: PendingActivity,
  read: PayloadReader,
): Promise<string | undefined> {
  const [details] = lastFailure?.applicationFailureInfo?.details?.payloads ?? []
  if (!details || !isReserved(activityOptions?.taskQueue?.name ?? '')) return undefined
  return textOf(Object(await readable(details, read)).code) || undefined
}
