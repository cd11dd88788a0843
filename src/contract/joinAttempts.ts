import { decide } from './decide.js'
import { fitOutcome } from './fitOutcome.js'
import type { Outcome, TaskPart, TaskReading } from './outcome.js'
import { isRepairable, type Repair } from './repair.js'

/** Returns the outcome of a run after a repair. Successful parts of earlier attempts stay, and repaired parts are replaced. */
export function joinAttempts(earlier: Outcome, repair: Repair, later: Outcome): Outcome {
  const attempts = [...earlier.attempts, ...later.attempts]
  if (repair.kind === 'whole') return fitOutcome({ ...later, attempts })
  // Only a later part of the same Type and Definition replaces a failed part.
  const replacements = later.tasks.flatMap(({ parts }) => parts)
  const tasks = [...earlier.tasks.map((task) => withoutReplaced(task, replacements)), ...later.tasks]
  const { status, reason } = decide(tasks)
  const known = later.status !== 'unknown' && later.status !== 'detached'
  return fitOutcome({
    ...earlier,
    status: known ? status : later.status,
    reason: known ? reason : later.reason,
    tasks,
    attempts,
    ...(later.endedBy ? { endedBy: later.endedBy } : {}),
    ...(later.status === 'unknown' && later.mediaOutputs ? { mediaOutputs: later.mediaOutputs } : {}),
  })
}

/** Removes the parts that have a replacement. Each replacement counts once. */
function withoutReplaced(reading: TaskReading, replacements: TaskPart[]): TaskReading {
  const parts = reading.parts.filter((part) => {
    if (!isRepairable(part)) return true
    const place = replacements.findIndex(
      ({ Type, Definition }) => Type === part.Type && Definition === part.Definition,
    )
    if (place >= 0) replacements.splice(place, 1)
    return place < 0
  })
  // A reading that was cut is never repaired, so the parts are complete.
  const { counts: _, ...rest } = reading
  return { ...rest, parts }
}
