import type { StepState } from './state.js'
import { isListed, isOver, ownTasks } from './tasks.js'
import { seeks } from './unlistedTasks.js'

/** The latest look, as a share of `overdue`. Jitter must not move a look past the time at which VOD stops showing a task. */
const lastMoment = 0.99

interface Wake {
  readonly at: number
  readonly why: string
}

/** Returns every time at which the step wakes by itself, in order: the looks, then overdue, then the end. */
function wakesOf(state: StepState): readonly Wake[] {
  const { start } = state
  const { lookJitter, overdue, giveUp } = start.delays
  const own = ownTasks(state)
  const open = own.filter((task) => !isOver(task))
  const looks = open.every(isListed) && !seeks(state) ? start.delays.looks : start.delays.unlistedLooks
  const born = Math.min(...(open.length > 0 ? open : own).map((task) => task.createdAt))
  const moved = (look: number) =>
    born + Math.min(look * (1 + start.jitter * lookJitter), overdue * lastMoment)
  const nth = (index: number) => `look ${index + 1} of ${looks.length}`
  return [
    // A polling step that seeks a task also looks, because a look tries kept hints again.
    ...(start.callbacks || seeks(state)
      ? looks.map((look, index) => ({ at: moved(look), why: nth(index) }))
      : []),
    { at: born + overdue, why: 'VOD no longer shows the tasks' },
    { at: born + giveUp, why: 'end of waiting' },
  ]
}

export function giveUpAt(state: StepState): number {
  return wakesOf(state).at(-1)?.at ?? 0
}

/** Returns the time at which VOD stops showing the tasks. A task that was not named by then never will be. */
export function overdueAt(state: StepState): number {
  return wakesOf(state).at(-2)?.at ?? 0
}

/** Returns the first wake in the future. After an outage, one look stands for all that were missed. */
export function nextWake(state: StepState, at: number): Wake & { readonly overdueSince?: number } {
  const wakes = wakesOf(state)
  const next = wakes.find((wake) => wake.at > at) ?? (wakes.at(-1) as Wake)
  const overdue = overdueAt(state)
  const { crowdLook } = state
  if (crowdLook && crowdLook.at < next.at)
    return { at: crowdLook.at, why: 'too many events to read a task for each' }
  return at >= overdue ? { ...next, overdueSince: overdue } : next
}
