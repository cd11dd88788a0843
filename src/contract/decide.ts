import { counted } from './counted.js'
import {
  countsOf,
  type OutcomeStatus,
  type SubTaskCounts,
  type TaskPart,
  type TaskReading,
} from './outcome.js'

/** A task whose end can no longer be read, or that was never found. */
export interface LostTask {
  /** Empty while its type is unknown. */
  readonly TaskType: string
  /** The reason, as the end of a sentence: "... was not found in 10 minutes of listings". */
  readonly lost: string
}

export interface Decision {
  readonly status: OutcomeStatus
  readonly reason: string
}

/**
 * Decides the status of a step from its tasks. Moderation is one more part; its verdict does not count.
 *
 * | all parts | status |
 * |---|---|
 * | none at all | failed |
 * | any unknown or lost | unknown |
 * | all succeeded | succeeded |
 * | some succeeded | partial |
 * | all aborted | aborted |
 * | otherwise | failed |
 */
export function decide(readings: readonly TaskReading[], lost: readonly LostTask[] = []): Decision {
  const total = { succeeded: 0, failed: 0, aborted: 0, unknown: lost.length }
  for (const counts of readings.map(countsOf)) {
    total.succeeded += counts.succeeded
    total.failed += counts.failed
    total.aborted += counts.aborted
    total.unknown += counts.unknown
  }
  return { status: statusOf(total), reason: reasonFor(readings, lost, total.succeeded, sumOf(total)) }
}

/** Returns the status of a step whose parts have these statuses. */
export function statusOf(total: SubTaskCounts): OutcomeStatus {
  const all = sumOf(total)
  if (all === 0) return 'failed'
  if (total.unknown > 0) return 'unknown'
  if (total.succeeded === all) return 'succeeded'
  if (total.succeeded > 0) return 'partial'
  return total.aborted === all ? 'aborted' : 'failed'
}

function sumOf({ succeeded, failed, aborted, unknown }: SubTaskCounts): number {
  return succeeded + failed + aborted + unknown
}

/** The largest number of sub-tasks in a reason. The outcome's parts have all of them. */
const maxNamed = 5

function reasonFor(
  readings: readonly TaskReading[],
  lost: readonly LostTask[],
  succeeded: number,
  all: number,
): string {
  if (all === 0)
    return 'VOD ran no sub-task: the template asks for nothing, or the source could not be opened.'
  const bad = readings.flatMap((reading) => reading.parts.filter((part) => part.status !== 'succeeded'))
  const named = [
    ...lost.map((task) => `${task.TaskType || 'a task of unknown type'} ${task.lost}`),
    ...bad.map(sentenceFor),
  ]
  const more = named.length > maxNamed ? [`${named.length - maxNamed} more`] : []
  const count = `${succeeded} of ${counted(all, 'sub-task')} succeeded`
  return `${[count, ...named.slice(0, maxNamed), ...more].join('; ')}.`
}

function sentenceFor(part: TaskPart): string {
  const definition = part.Definition === undefined ? '' : ` ${part.Definition}`
  const why = [part.ErrCodeExt, part.Message].filter(Boolean).join(', ')
  return `${part.Type}${definition} ${part.status}${why === '' ? '' : ` (${why})`}`
}
