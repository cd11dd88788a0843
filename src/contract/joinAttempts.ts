import { decide } from './decide.js'
import { fitOutcome } from './fitOutcome.js'
import type { Outcome, TaskPart, TaskReading } from './outcome.js'
import { isRepairable, type Repair } from './repair.js'

/** The outcome of a run after one more attempt: what the earlier ones did well stays, what was repaired gives way. */
export function joinAttempts(earlier: Outcome, repair: Repair, later: Outcome): Outcome {
  const attempts = [...earlier.attempts, ...later.attempts]
  if (repair.kind === 'whole') return fitOutcome({ ...later, attempts })
  // A failed part gives way only to a later part of its kind.
  const replacements = later.tasks.flatMap(({ parts }) => parts)
  const kept = earlier.tasks.map((task) => withoutReplaced(task, replacements))
  const tasks = withoutMixedUp([...kept, ...later.tasks], typesLeft(kept, replacements))
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

/** Takes each replacement once. */
function withoutReplaced(reading: TaskReading, replacements: TaskPart[]): TaskReading {
  const parts = reading.parts.filter((part) => {
    if (!isRepairable(part)) return true
    // One without a Definition is the result of a repair whose Input VOD does not show.
    const place = replacements.findIndex(
      ({ Type, Definition = part.Definition }) => Type === part.Type && Definition === part.Definition,
    )
    if (place >= 0) replacements.splice(place, 1)
    return place < 0
  })
  // What was cut is not repaired, so the parts that are left are all.
  const { counts: _, ...rest } = reading
  return { ...rest, parts }
}

/** Types of parts that were repaired, and whose repair VOD shows under another Definition. */
function typesLeft(kept: readonly TaskReading[], replacements: readonly TaskPart[]): readonly string[] {
  const left = kept.flatMap(({ parts }) => parts.filter(isRepairable)).map(({ Type }) => Type)
  return left.filter((type) => replacements.some(({ Type }) => Type === type))
}

/** Nobody knows which part of such a Type failed: without an Input, none is repaired again. */
function withoutMixedUp(tasks: readonly TaskReading[], types: readonly string[]): TaskReading[] {
  const unnamed = ({ Input, ...part }: TaskPart): TaskPart =>
    Input === undefined || types.includes(part.Type) ? part : { ...part, Input }
  return tasks.map((task) => ({ ...task, parts: task.parts.map(unnamed) }))
}
