import { maxTaskIdLength } from '../vod/hint.js'
import { OtherEvent, ProcedureStateChanged, ReviewAudioVideoComplete } from '../vod/schemas/events.js'

/** What is used of an event, and nothing of it is believed. */
export interface TaskEvent {
  readonly TaskId: string
  readonly SessionContext: string
  readonly terminal: boolean
  readonly percent?: number
}

/** Any event of VOD: at least it says its type. */
export type PushEvent = OtherEvent

/** An event, and the task that it is about if it is one that a step waits for. */
export interface ParsedEvent {
  readonly event: PushEvent
  readonly task?: TaskEvent
}

/** Undefined: not an event, or one of a type that we know and not of its shape. */
export function parseEvent(body: unknown): ParsedEvent | undefined {
  const event = OtherEvent.safeParse(body).data
  if (!event) return undefined
  const read = taskEvents.get(event.EventType)
  if (!read) return { event }
  const task = read(body)
  // Without a bound, whoever has one valid token could fill a run's history with long TaskIds.
  return task && task.TaskId.length <= maxTaskIdLength ? { event, task } : undefined
}

function procedureOf(body: unknown): TaskEvent | undefined {
  const event = ProcedureStateChanged.safeParse(body).data?.ProcedureStateChangeEvent
  if (!event) return undefined
  const percent = meanProgress(event.MediaProcessResultSet)
  return {
    TaskId: event.TaskId,
    SessionContext: event.SessionContext,
    terminal: event.Status === 'FINISH' || event.Status === 'ABORTED',
    ...(percent === undefined ? {} : { percent }),
  }
}

function reviewOf(body: unknown): TaskEvent | undefined {
  const event = ReviewAudioVideoComplete.safeParse(body).data?.ReviewAudioVideoCompleteEvent
  // The event's name says that the task is over; its Status has no other value.
  return event && { TaskId: event.TaskId, SessionContext: event.SessionContext, terminal: true }
}

/** The events that a step waits for. */
const taskEvents: ReadonlyMap<string, (body: unknown) => TaskEvent | undefined> = new Map([
  ['ProcedureStateChanged', procedureOf],
  ['ReviewAudioVideoComplete', reviewOf],
])

/** Total, whatever is in the list. */
function meanProgress(results: readonly unknown[]): number | undefined {
  const all = results.flatMap((item) =>
    typeof item === 'object' && item !== null
      ? Object.values(item).map((result) => Object(result).Progress as unknown)
      : [],
  )
  const numbers = all.filter(
    (progress): progress is number => typeof progress === 'number' && progress >= 0 && progress <= 100,
  )
  if (numbers.length === 0) return undefined
  return Math.round(numbers.reduce((sum, progress) => sum + progress, 0) / numbers.length)
}
