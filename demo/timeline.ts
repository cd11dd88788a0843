import type { Client } from '@temporalio/client'

export interface Moment {
  /** Milliseconds since the run began. */
  readonly atMs: number
  readonly what: string
}

/** The run as Temporal recorded it, without its bookkeeping. */
export async function timelineOf(client: Client, workflowId: string): Promise<Moment[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory()
  const scheduled = new Map<string, string>()
  const moments: { at: number; what: string }[] = []
  for (const event of events ?? []) {
    const at = Number(event.eventTime?.seconds ?? 0) * 1000 + Number(event.eventTime?.nanos ?? 0) / 1e6
    const add = (what: string) => moments.push({ at, what })
    if (event.workflowExecutionStartedEventAttributes) add('run started')
    if (event.workflowExecutionSignaledEventAttributes) add('callback arrived: hint signalled')
    if (event.timerStartedEventAttributes) add('waiting; next look set as a safety net')
    if (event.workflowExecutionCompletedEventAttributes) add('run completed')
    const activity = event.activityTaskScheduledEventAttributes
    if (activity) scheduled.set(String(event.eventId), activity.activityType?.name ?? '')
    const completed = event.activityTaskCompletedEventAttributes
    if (completed) add(`${scheduled.get(String(completed.scheduledEventId))} answered`)
  }
  const began = moments[0]?.at ?? 0
  return moments.map(({ at, what }) => ({ atMs: Math.round(at - began), what }))
}
