import type { temporal } from '@temporalio/proto'

type HistoryEvent = temporal.api.history.v1.IHistoryEvent
type Payload = temporal.api.common.v1.IPayload
type Failure = temporal.api.failure.v1.IFailure

/** The end of an activity that no worker can read. Only a person who completes or fails an activity by hand can write one. */
export interface UnreadableResult {
  readonly activity: string
  readonly eventId: number
  /** The end of the workflow task that scheduled the activity, to which the run can be reset. */
  readonly resetTo: number
}

/**
 * Finds the unreadable end of an activity that was new in the workflow task that fails.
 *
 * @param events - the events before that workflow task, the latest first
 * @param problem - the message of its failure
 */
export async function unreadableResultIn(
  events: AsyncIterable<HistoryEvent>,
  problem: string,
): Promise<UnreadableResult | undefined> {
  let found: { readonly eventId: number; readonly scheduled: number } | undefined
  for await (const event of events) {
    const end = event.activityTaskCompletedEventAttributes ?? event.activityTaskFailedEventAttributes
    const eventId = Number(event.eventId)
    if (!found && event.workflowTaskCompletedEventAttributes) return undefined
    if (!found && end && payloadsIn(event).some((payload) => isUnreadable(payload, problem)))
      found = { eventId, scheduled: Number(end.scheduledEventId) }
    const scheduled = event.activityTaskScheduledEventAttributes
    if (found?.scheduled === eventId && scheduled)
      return {
        activity: scheduled.activityType?.name ?? '',
        eventId: found.eventId,
        resetTo: Number(scheduled.workflowTaskCompletedEventId),
      }
  }
  return undefined
}

function payloadsIn({
  activityTaskCompletedEventAttributes: completed,
  activityTaskFailedEventAttributes: failed,
}: HistoryEvent): readonly Payload[] {
  return [...(completed?.result?.payloads ?? []), ...detailsOf(failed?.failure)]
}

function detailsOf(failure: Failure | null | undefined): Payload[] {
  if (!failure) return []
  return [...(failure.applicationFailureInfo?.details?.payloads ?? []), ...detailsOf(failure.cause)]
}

/** A worker names the encoding that it does not know. Another worker may have a converter for it, so the encoding alone proves nothing. */
function isUnreadable({ metadata, data }: Payload, problem: string): boolean {
  const encoding = Buffer.from(metadata?.encoding ?? []).toString()
  if (encoding === '') return true
  if (encoding !== 'json/plain') return problem.includes(`Unknown encoding: ${encoding}`)
  try {
    JSON.parse(Buffer.from(data ?? []).toString())
    return false
  } catch {
    return true
  }
}
