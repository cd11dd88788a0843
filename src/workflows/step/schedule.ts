import type { StepState } from './state.js'
import { isListed, isOver, ownTasks } from './tasks.js'
import { seeks } from './unlistedTasks.js'

/** Share of `overdue` after which a read comes too late: a look moved by jitter still falls before it. */
const lastMoment = 0.99

interface Wake {
  readonly at: number
  readonly why: string
}

/** Every time at which the step wakes by itself, in order: looks, then overdue, then the end. */
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
    // A step that polls looks too while it seeks a task: kept hints are tried again then.
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

/** When VOD stops to show the tasks: what has not been named by then never will be. */
export function overdueAt(state: StepState): number {
  return wakesOf(state).at(-2)?.at ?? 0
}

/** The first wake that is not behind. After an outage several are: one look stands for all. */
export function nextWake(state: StepState, at: number): Wake & { readonly overdueSince?: number } {
  const wakes = wakesOf(state)
  const next = wakes.find((wake) => wake.at > at) ?? (wakes.at(-1) as Wake)
  const overdue = overdueAt(state)
  const { crowdLook } = state
  if (crowdLook && crowdLook.at < next.at) return { at: crowdLook.at, why: 'more events than are read each' }
  return at >= overdue ? { ...next, overdueSince: overdue } : next
}
