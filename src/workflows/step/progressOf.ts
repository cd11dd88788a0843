import { filled } from '../../contract/json.js'
import type { RunProgress } from '../../contract/progress.js'
import { outcomeOf } from './outcome.js'
import type { StepState } from './state.js'

/** Returns the progress that people see. */
export function progressOf(state: StepState): RunProgress {
  const { phase, tasks, nets, nextWake, overdueSince } = state
  const sum = tasks.reduce((total, { percent }) => total + percent, 0)
  return {
    phase,
    attempt: state.start.attempt,
    percent: tasks.length === 0 ? 0 : Math.round(sum / tasks.length),
    tasks: tasks.map(({ TaskId, TaskType, Status, percent, problem }) => ({
      ...filled({ TaskId, TaskType, problem }),
      Status,
      percent,
    })),
    nets,
    // A step without events reads all the time, and wakes only for its limits.
    ...(phase === 'waiting' && state.start.callbacks && nextWake !== undefined
      ? { nextLook: iso(nextWake) }
      : {}),
    ...(overdueSince === undefined ? {} : { overdueSince: iso(overdueSince) }),
    // Without a task, the submit was refused, and its failure says why.
    ...(phase === 'settled' && !state.canceled && tasks.length > 0 ? { outcome: outcomeOf(state) } : {}),
    ...(state.canceled ? { canceled: state.canceled } : {}),
  }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
