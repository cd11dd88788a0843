import type { TaskHint } from '../../contract/hint.js'
import { hour } from '../../contract/time.js'
import { maxUnconfirmed, type StepState } from './state.js'
import { isOver } from './tasks.js'

/*
 * Anyone with a step's token can send endless events. They must neither fill the history of the run nor hide a true event. If there are
 * too many to read a task for each, one look stands for all of them.
 */

/** A hint of the sweep always counts: the sweep has seen that the task is over, and sends one hint. */
export function isCrowded({ unconfirmed }: StepState, { via }: TaskHint): boolean {
  return unconfirmed >= maxUnconfirmed && via !== 'sweep'
}

/** The longest time until a look for events, in ms. */
const longest = hour

/**
 * Plans one look for all events until `until`. A planned look keeps its time, so that endless events cannot delay it. If it is too early
 * for some events, another look follows.
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
