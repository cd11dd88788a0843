import type { Client } from '@temporalio/client'
import proto from '@temporalio/proto'

/** What a run has cost Temporal. */
export interface Cost {
  readonly events: number
  readonly workflowTasks: number
  /** As Temporal Cloud bills them: start, signals, timers, each attempt of an activity, local ones too, upserts. Heartbeats are billed too, but are in no history. */
  readonly actions: number
  readonly signals: number
  readonly bytes: number
  /** The same by type of event, in their order. */
  readonly bytesOf: Readonly<Record<string, number>>
}

/** @param runId - Without it, of the last run of this id. */
export async function costOf(client: Client, workflowId: string, runId?: string): Promise<Cost> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory()
  const list = events ?? []
  const count = (key: keyof proto.temporal.api.history.v1.IHistoryEvent) =>
    list.filter((event) => event[key]).length
  const signals = count('workflowExecutionSignaledEventAttributes')
  // Attempts that are repeated are billed too; the event of the start has their number.
  const attempts = list.reduce(
    (sum, event) => sum + (event.activityTaskStartedEventAttributes?.attempt ?? 0),
    0,
  )
  // Nobody here makes other markers.
  const localActivities = count('markerRecordedEventAttributes')
  const upserts = count('upsertWorkflowSearchAttributesEventAttributes')
  const bytesOf = bytesByType(list)
  return {
    events: list.length,
    workflowTasks: count('workflowTaskCompletedEventAttributes'),
    actions: 1 + signals + count('timerStartedEventAttributes') + attempts + localActivities + upserts,
    signals,
    bytes: Object.values(bytesOf).reduce((sum, bytes) => sum + bytes, 0),
    bytesOf,
  }
}

function bytesByType(events: readonly proto.temporal.api.history.v1.IHistoryEvent[]): Record<string, number> {
  const { HistoryEvent } = proto.temporal.api.history.v1
  const { EventType } = proto.temporal.api.enums.v1
  const bytesOf: Record<string, number> = {}
  for (const event of events) {
    const name = EventType[event.eventType ?? 0] ?? ''
    const type = name.replace('EVENT_TYPE_', '').toLowerCase().replaceAll('_', ' ')
    bytesOf[type] = (bytesOf[type] ?? 0) + HistoryEvent.encode(event).finish().length
  }
  return bytesOf
}
