import type { SerializationContext } from '@temporalio/common'
import type { HistoryEvent } from '../../temporal/historyPages.js'
import {
  ownerOfActivity,
  type PayloadReader,
  readable,
  readerFor,
  readerOfTaskFailure,
} from '../../temporal/payloads.js'
import { callReaders, localActivityMarker, localOf } from './callEvents.js'
import type { EventContext, EventReader, EventReaders } from './eventReader.js'
import { messageReaders } from './messageEvents.js'
import type { GrowingRun } from './runBuilder.js'
import { runReaders } from './runEvents.js'

const readers: EventReaders = { ...runReaders, ...callReaders, ...messageReaders }

/** Adds an event to the run. Events of Temporal's own bookkeeping are ignored. */
export async function takeEvent(run: GrowingRun, event: HistoryEvent, readAny: PayloadReader): Promise<void> {
  const owner = ownerOf(run, event)
  const bind = event.workflowTaskFailedEventAttributes ? readerOfTaskFailure : readerFor
  const read = bind(readAny, owner)
  const context: EventContext = {
    at: timeOf(event.eventTime),
    eventId: Number(event.eventId),
    read,
    first: async (payloads) => {
      const [payload] = payloads?.payloads ?? []
      return payload && readable(payload, read)
    },
    summary: async () => {
      const payload = event.userMetadata?.summary
      return payload ? String(await readable(payload, read)) : ''
    },
  }
  for (const [name, reader] of Object.entries(readers) as [keyof HistoryEvent, EventReader<unknown>][]) {
    const attributes = event[name]
    if (attributes) await reader(run, attributes, context)
  }
}

/** Returns the context in which the payloads of an event were serialized. */
function ownerOf({ owner, calls }: GrowingRun, event: HistoryEvent): SerializationContext {
  const { namespace, workflowId } = owner
  const local = event.markerRecordedEventAttributes
  if (local?.markerName === localActivityMarker)
    return ownerOfActivity(namespace, { workflowId, activityId: localOf(local).activity_id, isLocal: true })
  const scheduledEventId =
    event.activityTaskStartedEventAttributes?.scheduledEventId ??
    event.activityTaskCompletedEventAttributes?.scheduledEventId ??
    event.activityTaskFailedEventAttributes?.scheduledEventId ??
    event.activityTaskTimedOutEventAttributes?.scheduledEventId
  const activityId =
    event.activityTaskScheduledEventAttributes?.activityId ?? calls.get(String(scheduledEventId))?.activityId
  return activityId === undefined ? owner : ownerOfActivity(namespace, { workflowId, activityId })
}

function timeOf(time: HistoryEvent['eventTime']): string {
  return new Date(
    Number(time?.seconds ?? 0) * 1000 + Math.floor(Number(time?.nanos ?? 0) / 1e6),
  ).toISOString()
}
