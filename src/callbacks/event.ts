import { taskKinds } from '../vod/actions.js'
import { maxTaskIdLength } from '../vod/hint.js'
import { isTerminal } from '../vod/reading.js'
import { OtherEvent, TaskOfEvent } from '../vod/schemas/events.js'
import { percentOf } from '../vod/taskShape.js'

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

/** The member that holds the task, of each event that a step waits for. */
const members: ReadonlyMap<string, string> = new Map(
  Object.values(taskKinds).flatMap(({ event }) => (event ? [[event.EventType, event.member] as const] : [])),
)

/** The only one that also comes in between. */
const progressEvent = 'ProcedureStateChanged'

/** Undefined: not an event, or one of a type that we know and not of its shape. */
export function parseEvent(body: unknown): ParsedEvent | undefined {
  const event = OtherEvent.safeParse(body).data
  if (!event) return undefined
  const member = members.get(event.EventType)
  if (member === undefined) return { event }
  const task = TaskOfEvent.safeParse(event[member]).data
  // Without a bound, whoever has one valid token could fill a run's history with long TaskIds.
  if (!task || task.TaskId.length > maxTaskIdLength) return undefined
  const { TaskId, SessionContext, Status, MediaProcessResultSet } = task
  const percent = percentOf({ MediaProcessResultSet })
  const terminal = event.EventType !== progressEvent || isTerminal(Status)
  return { event, task: { TaskId, SessionContext, terminal, ...(percent === undefined ? {} : { percent }) } }
}
