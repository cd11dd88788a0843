import { laterOf, type TaskHint } from '../../contract/hint.js'

/** A hint that waits until its step or its task is known. */
export interface KeptHint {
  readonly hint: TaskHint
  /** Its task was read, and the detail did not prove that it belongs to the step. */
  readonly tried: boolean
}

/** The largest number of kept hints, each for another task. A split makes some hundred tasks. */
export const maxKeptHints = 1_000

/**
 * Keeps a hint, one for each task of a submission. Anyone with a step's token can send endless hints, so their number is limited. Forged
 * hints can delay a true one, but cannot replace it: at the limit, a hint whose read proved nothing is dropped first. Without such a hint,
 * the new one is dropped, and the sweep names its task again. Nobody who only sends events can send a hint as the sweep, and the sweep sends
 * each hint once, so its hint takes the place of another.
 */
export function keepHint(
  kept: readonly KeptHint[],
  hint: TaskHint,
  limit = maxKeptHints,
): readonly KeptHint[] {
  const place = kept.findIndex((each) => isSameTask(each.hint, hint))
  const before = kept[place]
  if (before) return kept.with(place, { ...before, hint: laterOf(before.hint, hint) })
  const more = { hint, tried: false }
  if (kept.length < limit) return [...kept, more]
  const tried = kept.findIndex((each) => each.tried)
  const dropped =
    tried < 0 && hint.via === 'sweep' ? kept.findIndex((each) => each.hint.via !== 'sweep') : tried
  return dropped < 0 ? kept : [...kept.toSpliced(dropped, 1), more]
}

/** Notes that the task of a kept hint was read, so that the hint is dropped first. */
export function markTried(kept: readonly KeptHint[], hint: TaskHint): readonly KeptHint[] {
  return kept.map((each) => (isSameTask(each.hint, hint) ? { hint, tried: true } : each))
}

function isSameTask(one: TaskHint, other: TaskHint): boolean {
  return one.SessionId === other.SessionId && one.TaskId === other.TaskId
}
