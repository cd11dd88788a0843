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

/** Removes the parts that have a replacement. Each replacement counts once. */
function withoutReplaced(reading: TaskReading, replacements: TaskPart[]): TaskReading {
  const parts = reading.parts.filter((part) => {
    if (!isRepairable(part)) return true
    // A part without a Definition is the result of a repair whose Input VOD does not show.
    const place = replacements.findIndex(
      ({ Type, Definition = part.Definition }) => Type === part.Type && Definition === part.Definition,
    )
    if (place >= 0) replacements.splice(place, 1)
    return place < 0
  })
  // A reading that was cut is never repaired, so the parts are complete.
  const { counts: _, ...rest } = reading
  return { ...rest, parts }
}

/** Returns the Types of repaired parts whose repair VOD shows with another Definition. */
function typesLeft(kept: readonly TaskReading[], replacements: readonly TaskPart[]): readonly string[] {
  const left = kept.flatMap(({ parts }) => parts.filter(isRepairable)).map(({ Type }) => Type)
  return left.filter((type) => replacements.some(({ Type }) => Type === type))
}

/** Removes the Input of parts of these Types, so that none is repaired again: it is unknown which of them failed. */
function withoutMixedUp(tasks: readonly TaskReading[], types: readonly string[]): TaskReading[] {
  const unnamed = ({ Input, ...part }: TaskPart): TaskPart =>
    Input === undefined || types.includes(part.Type) ? part : { ...part, Input }
  return tasks.map((task) => ({ ...task, parts: task.parts.map(unnamed) }))
}
