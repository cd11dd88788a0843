import { bytesOf } from './json.js'
import { fitVerdicts } from './moderation.js'
import { countsOf, type Outcome, type TaskPart, type TaskReading } from './outcome.js'
import { cut } from './text.js'

/** An outcome at most, in UTF-8 bytes. Temporal warns from 512 KiB on and retries a result above 2 MiB for ever (measured). */
export const maxOutcomeBytes = 256 * 1024

/** Cuts the readings of an outcome that is too large, the largest ones to one size. What it says of the whole is never cut. */
export function fitOutcome(outcome: Outcome): Outcome {
  if (bytesOf(outcome) <= maxOutcomeBytes) return outcome
  const bare = { ...outcome, tasks: outcome.tasks.map(withoutRepeated) }
  const head = bytesOf({ ...bare, tasks: [] })
  const each = shareOf(bare.tasks, maxOutcomeBytes - head)
  return { ...bare, tasks: bare.tasks.map((reading) => shrinkReading(reading, each)) }
}

/** The flows that a task started are tasks of the outcome, and the media that it made stand there too. */
function withoutRepeated({ started: _, newFileIds: __, ...reading }: TaskReading): TaskReading {
  return reading
}

/** The size that each may have, where those that need less leave the rest to the others. A comma follows each. */
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

/** Of a reading, verdicts take a third at most. */
export const verdictShare = 1 / 3

/** Cuts lists before scalars, and never the counts. */
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
