import type { StepTask, Submitted } from '../../activities/types.js'
import type { Reading } from '../../vod/outcome.js'
import type { Cancelled } from '../progress.js'
import { searchFor } from './seeking.js'
import type { Step, StepState, TaskState } from './state.js'
import { isOver, taskOf, toTask, withTask } from './tasks.js'

/**
 * Cancelling. VOD can abort only a task that is still WAITING, so this is mostly finding out, and saying,
 * what goes on. A submit in flight is awaited: what nobody waits for is paid for by nobody's choice.
 */
export function cancel(state: StepState, at: number): Step {
  switch (state.phase) {
    case 'submitting':
    case 'recovering': {
      const until = at + state.start.delays.cancelGrace
      const cancelling: StepState = { ...state, phase: 'cancelling', nextWake: until }
      return [cancelling, [{ do: 'wake', at: until, why: 'cancelled: it is not known yet what was made' }]]
    }
    case 'waiting':
    case 'askingMedia':
      return abortAll(state)
    default:
      return [state, []]
  }
}

export function submittedTooLate(state: StepState, submitted: Submitted): Step {
  if (state.tasks.length > 0) return [state, []]
  const { SessionId } = submitted
  if (submitted.kind === 'accepted')
    return abortAll({ ...state, SessionId, tasks: submitted.tasks.map(toTask) })
  const { origin } = state.start
  if (origin.kind === 'adopt') return finish(state, false)
  return [{ ...state, SessionId }, [searchFor(submitted, origin.send)]]
}

/** What an earlier send made is known after all. */
export function foundTooLate(state: StepState, tasks: readonly StepTask[]): Step {
  if (state.tasks.length > 0) return [state, []]
  return tasks.length > 0 ? abortAll({ ...state, tasks: tasks.map(toTask) }) : finish(state, true)
}

export function wokeWhileCancelling(state: StepState): Step {
  return state.tasks.length > 0 ? [state, []] : finish(state, true)
}

function abortAll(state: StepState): Step {
  // A claim that nothing has proven may name a task of somebody else.
  const ours = state.tasks.filter(({ standing }) => standing !== 'claimed')
  const sought = ours.some(({ standing }) => standing === 'sought')
  const tasks = ours.map((task) => ({
    ...task,
    underWay: undefined,
    closed: isOver(task) || task.standing === 'sought',
  }))
  const cancelling: StepState = { ...state, phase: 'cancelling', tasks }
  const open = tasks.filter((task) => !task.closed)
  if (open.length === 0) return finish(cancelling, sought)
  return [cancelling, open.map(({ TaskId }) => ({ do: 'abort', TaskId }))]
}

/** ManageTask has answered: read once more. That read has answered: the task is closed. */
export function closeTask(
  state: StepState,
  TaskId: string,
  answer: { aborted?: boolean; reading?: Reading },
): Step {
  const task = taskOf(state, TaskId)
  if (state.phase !== 'cancelling' || !task || task.closed) return [state, []]
  if (answer.aborted !== undefined) {
    if (task.underWay) return [state, []]
    const asked: TaskState = { ...task, aborted: answer.aborted, underWay: 'cancel' }
    return [withTask(state, asked), [{ do: 'read', TaskId, cause: 'cancel' }]]
  }
  const { reading = task.reading } = answer
  const closed: TaskState = {
    ...task,
    underWay: undefined,
    closed: true,
    reading,
    Status: reading?.Status ?? task.Status,
  }
  const next = withTask(state, closed)
  const sought = next.tasks.some(({ standing }) => standing === 'sought')
  return next.tasks.every((task) => task.closed) ? finish(next, sought) : [next, []]
}

function finish(state: StepState, submitUnanswered: boolean): Step {
  const cancelled = cancelledOf(state.tasks, submitUnanswered)
  return [{ ...state, phase: 'settled', cancelled }, [{ do: 'finishCancelled', cancelled }]]
}

function cancelledOf(tasks: readonly TaskState[], submitUnanswered: boolean): Cancelled {
  const ids = (wanted: Fate) =>
    tasks.filter((task) => task.TaskId !== '' && fateOf(task) === wanted).map(({ TaskId }) => TaskId)
  return { stopped: ids('stopped'), ended: ids('ended'), left: ids('left'), submitUnanswered }
}

type Fate = 'stopped' | 'ended' | 'left'

/** VOD's word beats the status: a detail may lag behind an abort that was taken. */
function fateOf(task: TaskState): Fate {
  if (task.aborted || task.Status === 'ABORTED') return 'stopped'
  return isOver(task) ? 'ended' : 'left'
}
