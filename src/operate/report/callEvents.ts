import { defaultPayloadConverter, type Payload } from '@temporalio/common'
import type { temporal } from '@temporalio/proto'
import type { HistoryEvent } from '../../temporal/historyPages.js'
import type { GrowingCall } from './calls.js'
import type { EventContext, EventReaders } from './eventReader.js'
import { failureOf } from './failure.js'
import type { GrowingRun } from './runBuilder.js'
import { LocalActivity } from './schemas.js'

/** Temporal's name for the marker of a local activity, in every SDK on its core. */
export const localActivityMarker = 'core_local_activity'

/** Reads the record of a local activity, which Temporal's core always writes as plain JSON. */
export function localOf({ details }: NonNullable<HistoryEvent['markerRecordedEventAttributes']>) {
  const [payload] = details?.data?.payloads ?? []
  return LocalActivity.parse(payload && defaultPayloadConverter.fromPayload(payload as Payload))
}

/** Readers of the events of calls, which are activities. */
export const callReaders: EventReaders = {
  async activityTaskScheduledEventAttributes({ calls, lines }, { activityType, activityId, input }, context) {
    const { at, eventId } = context
    const call: GrowingCall = {
      at,
      eventId,
      activity: activityType?.name ?? '',
      activityId: activityId ?? '',
      why: await context.summary(),
      asked: await context.first(input),
      state: 'open',
      attempts: 1,
    }
    calls.set(String(eventId), call)
    lines.push(call)
  },
  async activityTaskStartedEventAttributes({ calls }, { scheduledEventId, attempt, lastFailure }, { read }) {
    const call = calls.get(String(scheduledEventId))
    if (!call) return
    call.attempts = attempt ?? 1
    if (lastFailure) call.failure = await failureOf(lastFailure, read)
  },
  async activityTaskCompletedEventAttributes({ calls }, { scheduledEventId, result }, context) {
    const answer = await context.first(result)
    Object.assign(calls.get(String(scheduledEventId)) ?? {}, {
      state: 'answered',
      endedAt: context.at,
      answer,
    })
  },
  async activityTaskFailedEventAttributes(run, { scheduledEventId, failure }, context) {
    await callFailed(run, scheduledEventId, failure, context)
  },
  async activityTaskTimedOutEventAttributes(run, { scheduledEventId, failure }, context) {
    await callFailed(run, scheduledEventId, failure, context)
  },
  activityTaskCanceledEventAttributes({ calls }, { scheduledEventId }, { at }) {
    Object.assign(calls.get(String(scheduledEventId)) ?? {}, { state: 'canceled', endedAt: at })
  },

  /** A local activity ends within a workflow task. It has only this event, and its input is not in the history. */
  async markerRecordedEventAttributes({ calls, lines }, marker, context) {
    if (marker.markerName !== localActivityMarker) return
    const { details, failure } = marker
    const { at, eventId } = context
    const { activity_type, activity_id, attempt } = localOf(marker)
    const answer = await context.first(details?.result)
    const call: GrowingCall = {
      at,
      eventId,
      activity: activity_type,
      activityId: activity_id,
      why: await context.summary(),
      asked: { TaskId: Object(Object(answer).reading).TaskId },
      attempts: attempt,
      ...(failure
        ? { state: 'failed', failure: await failureOf(failure, context.read) }
        : { state: 'answered', answer }),
    }
    calls.set(String(eventId), call)
    lines.push(call)
  },
}

async function callFailed(
  { calls }: GrowingRun,
  scheduledEventId: unknown,
  failure: temporal.api.failure.v1.IFailure | null | undefined,
  { at, read }: EventContext,
): Promise<void> {
  const call = calls.get(String(scheduledEventId))
  if (call) Object.assign(call, { state: 'failed', endedAt: at, failure: await failureOf(failure, read) })
}
