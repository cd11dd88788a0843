import { bytesOf } from './json.js'
import { fitVerdicts } from './moderation.js'
import { countsOf, type Outcome, type TaskPart, type TaskReading } from './outcome.js'
import { cut } from './text.js'

/** The largest outcome, in UTF-8 bytes. Temporal warns from 512 KiB on and retries a result above 2 MiB forever (measured). */
export const maxOutcomeBytes = 256 * 1024

/** Cuts the readings of an outcome that is too large, the largest ones to the same size. It never cuts the other members. */
export function fitOutcome(outcome: Outcome): Outcome {
  if (bytesOf(outcome) <= maxOutcomeBytes) return outcome
  const bare = { ...outcome, tasks: outcome.tasks.map(withoutRepeated) }
  const head = bytesOf({ ...bare, tasks: [] })
  const each = shareOf(bare.tasks, maxOutcomeBytes - head)
  return { ...bare, tasks: bare.tasks.map((reading) => shrinkReading(reading, each)) }
}

/** Removes members that the outcome repeats: the flows that a task started are tasks of the outcome, and `newFileIds` has its media. */
function withoutRepeated({ started: _, newFileIds: __, ...reading }: TaskReading): TaskReading {
  return reading
}

/** Returns the size limit of each reading. Readings that need less leave the rest to the others. A comma follows each one. */
function shareOf(readings: readonly TaskReading[], maxBytes: number): number {
  const sizes = readings.map((reading) => bytesOf(reading) + 1).toSorted((one, other) => one - other)
  let room = maxBytes
  for (const [index, size] of sizes.entries()) {
    const share = Math.floor(room / (sizes.length - index))
    if (size > share) return share - 1
    room -= size
  }
  return maxBytes
}

/** The largest share of the verdicts in a reading. */
export const verdictShare = 1 / 3

/** Shrinks a reading to a size. It cuts lists before scalars, and never the counts. */
export function shrinkReading(reading: TaskReading, maxBytes: number): TaskReading {
  const shrinks: ((part: TaskPart) => TaskPart)[] = [
    (part) => part,
    (part) => ({ ...part, urls: part.urls.slice(0, 10) }),
    (part) => ({ ...part, urls: part.urls.slice(0, 1) }),
    (part) => ({ ...withShortMessage(part), urls: part.urls.slice(0, 1), Output: {} }),
  ]
  for (const [index, shrink] of shrinks.entries()) {
    const smaller = {
      ...reading,
      parts: reading.parts.map(shrink),
      ...(index > 0 ? { truncated: true } : {}),
    }
    if (bytesOf(smaller) <= maxBytes) return smaller
  }
  const { parts, verdicts, ...rest } = reading
  const fitting = verdicts && fitVerdicts(verdicts, maxBytes * verdictShare)
  const counts = countsOf(reading)
  const head = { ...rest, counts, ...(fitting ? { verdicts: fitting } : {}), truncated: true }
  const kept: TaskPart[] = []
  let bytes = bytesOf({ ...head, parts: [] })
  for (const { Input: _, ...part } of parts) {
    const last = { ...withShortMessage(part), urls: [], Output: {} }
    bytes += bytesOf(last) + 1
    if (bytes > maxBytes) break
    kept.push(last)
  }
  return { ...head, parts: kept }
}

function withShortMessage(part: TaskPart): TaskPart {
  return part.Message === undefined ? part : { ...part, Message: cut(part.Message, 100) }
}
