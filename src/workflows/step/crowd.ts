import type { TaskHint } from '../../contract/hint.js'
import { hour } from '../../contract/time.js'
import { maxUnconfirmed, type StepState } from './state.js'
import { isOver } from './tasks.js'

/*
 * Events without end, as whoever has a step's token can send them, must neither fill the history of the run nor hide the true one
 * among them. So one look stands for all that are too many to be read each.
 */

/** The sweep has seen itself that the task is over, and says so once. */
export function isCrowded({ unconfirmed }: StepState, { via }: TaskHint): boolean {
  return unconfirmed >= maxUnconfirmed && via !== 'sweep'
}

/** No event is worth a later look, ms. */
const longest = hour

/**
 * Plans one look for all events until `until`. One that is planned stays where it is, so that events without end cannot put it off; if
 * it comes too early for some, another follows.
 */
export function withCrowdLook(state: StepState, at: number, until: number): StepState {
  const { crowdLook: planned } = state
  const latest = Math.min(until, at + longest)
  if (planned) return { ...state, crowdLook: { ...planned, until: Math.max(planned.until, latest) } }
  return { ...state, crowdLook: { at: Math.max(latest, at + waitOf(state)), until: latest } }
}

function waitOf({ start, tasks, crowdLooks }: StepState): number {
  const { crowded } = start.delays
  const wait = crowded[Math.min(crowdLooks, crowded.length - 1)] ?? 0
  return wait * Math.max(1, Math.ceil(tasks.filter((task) => !isOver(task)).length / 2))
}
