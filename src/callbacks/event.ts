import { EventContent } from '../vod/schemas/events.js'

/** What is used of an event, and nothing of it is believed. */
export interface TaskEvent {
  readonly TaskId: string
  readonly SessionContext: string
  readonly terminal: boolean
  readonly percent?: number
}

/** Any event of VOD: at least it says its type. Undefined: not an event. */
export function parseEvent(body: unknown): EventContent | undefined {
  const parsed = EventContent.safeParse(body)
  return parsed.success ? parsed.data : undefined
}

/** The task that an event is about; undefined for those that no step waits for. */
export function taskEventOf(event: EventContent): TaskEvent | undefined {
  if ('ProcedureStateChangeEvent' in event && event.EventType === 'ProcedureStateChanged') {
    const { TaskId, SessionContext, Status, MediaProcessResultSet } =
      event.ProcedureStateChangeEvent as ProcedureBody
    const percent = meanProgress(MediaProcessResultSet)
    return {
      TaskId,
      SessionContext,
      terminal: isTerminal(Status),
      ...(percent === undefined ? {} : { percent }),
    }
  }
  if ('ReviewAudioVideoCompleteEvent' in event && event.EventType === 'ReviewAudioVideoComplete') {
    const { TaskId, SessionContext } = event.ReviewAudioVideoCompleteEvent as ProcedureBody
    // The event's name says that the task is over; its Status has no other value.
    return { TaskId, SessionContext, terminal: true }
  }
  return undefined
}

interface ProcedureBody {
  readonly TaskId: string
  readonly SessionContext: string
  readonly Status: string
  readonly MediaProcessResultSet: readonly Readonly<Record<string, unknown>>[]
}

/** A word that nobody knows is a reason to look. */
function isTerminal(Status: string): boolean {
  return Status !== 'WAITING' && Status !== 'PROCESSING'
}

function meanProgress(results: ProcedureBody['MediaProcessResultSet']): number | undefined {
  const all = results.flatMap((item) =>
    Object.values(item).map((result) => Object(result).Progress as unknown),
  )
  const numbers = all.filter(
    (progress): progress is number => typeof progress === 'number' && progress >= 0 && progress <= 100,
  )
  if (numbers.length === 0) return undefined
  return Math.round(numbers.reduce((sum, progress) => sum + progress, 0) / numbers.length)
}
