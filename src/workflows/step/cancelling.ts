import type { Submitted } from '../../contract/activities.js'
import { countsOf, isTerminal, type Reading } from '../../contract/outcome.js'
import type { Cancelled } from '../../contract/progress.js'
import type { Effect, SearchResult, StepState, TaskState, Transition } from './state.js'
import { foundTasks, isOver, taskOf, toTask, withTask } from './tasks.js'

/**
 * Cancelling. Nothing is sent any more: `drive` cancels the submit's activity, of which Temporal makes no further attempt. An attempt
 * that is on the wire is awaited, and its tasks are looked up where VOD's answer is missing. VOD can abort only a task that is still
 * WAITING, so the rest is finding out, and saying, what goes on.
 */
export function cancel(state: StepState, at: number): Transition {
  switch (state.phase) {
    case 'submitting': {
      const [cancelling, wake] = waitUntil(state, at)
      return [cancelling, [wake]]
    }
    case 'recovering':
      return look(state, at)
    case 'waiting':
    case 'askingMedia':
      return abortAll(state)
    default:
      return [state, []]
  }
}

export function submittedTooLate(state: StepState, submitted: Submitted, at: number): Transition {
  if (state.tasks.length > 0) return [state, []]
  const { SessionId } = submitted
  if (submitted.kind === 'accepted')
    return abortAll({ ...state, SessionId, tasks: submitted.tasks.map(toTask) })
  return look({ ...state, SessionId }, at)
}

/** No attempt of the submit is made any more. `sent`: an earlier one may have been accepted. */
export function unansweredTooLate(state: StepState, sent: boolean, at: number): Transition {
  return sent ? look(state, at) : finish(state, false)
}

/** What an earlier send made is known after all, as far as VOD shows it. */
export function foundTooLate(state: StepState, result: SearchResult, at: number): Transition {
  if (state.tasks.length > 0) return [state, []]
  const rest = result.missing.map((TaskType) => toTask({ TaskId: '', TaskType, createdAt: at }))
  const all = [...foundTasks(state, result, at), ...rest]
  return all.length === 0 ? finish(state, true) : abortAll({ ...state, tasks: all })
}

export function wokeWhileCancelling(state: StepState): Transition {
  return state.tasks.length > 0 ? [state, []] : finish(state, true)
}

/** Which tasks did a send make whose answer is missing? */
function look(state: StepState, at: number): Transition {
  const { origin } = state.start
  if (origin.kind === 'adopt') return finish(state, false)
  const [cancelling, wake] = waitUntil(state, at)
  const { SessionId } = state
  return [cancelling, [{ do: 'search', send: origin.send, ...(SessionId === '' ? {} : { SessionId }) }, wake]]
}

function waitUntil(state: StepState, at: number): readonly [StepState, Effect] {
  const until = at + state.start.delays.cancelGrace
  const why = 'canceled: it is not known yet what was made'
  return [
    { ...state, phase: 'cancelling', nextWake: until },
    { do: 'wake', at: until, why },
  ]
}

function abortAll(state: StepState): Transition {
  // A claim that nothing has proven may name a task of somebody else.
  const ours = state.tasks.filter(({ standing }) => standing !== 'claimed')
  const tasks = ours.map((task) => ({
    ...task,
    underWay: undefined,
    closed: isOver(task) || task.TaskId === '' || isOfAnother(state, task),
  }))
  const cancelling: StepState = { ...state, phase: 'cancelling', tasks }
  const open = tasks.filter((task) => !task.closed)
  if (open.length === 0) return finish(cancelling, false)
  return [cancelling, open.map(({ TaskId }) => ({ do: 'abort', TaskId }))]
}

/** Under an idempotencyKey, the task of a caller who sent first is theirs: it is left to them. */
function isOfAnother({ start: { origin } }: StepState, { elsewhere }: TaskState): boolean {
  return origin.kind !== 'adopt' && origin.send.input.idempotencyKey !== undefined && elsewhere === true
}

/** ManageTask has answered: read once more. That read has answered: the task is closed. */
export function closeTask(
  state: StepState,
  TaskId: string,
  answer: { aborted?: boolean; reading?: Reading; at: number },
): Transition {
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
  const started = startedBy(state, reading, answer.at)
  const next: StepState = { ...state, tasks: [...withTask(state, closed).tasks, ...started] }
  if (started.length > 0) return [next, started.map((fresh) => ({ do: 'abort', TaskId: fresh.TaskId }))]
  return next.tasks.every((task) => task.closed) ? finish(next, false) : [next, []]
}

/** Task flows that a task has started on what it made before it could be aborted. */
function startedBy(state: StepState, reading: Reading | undefined, at: number): TaskState[] {
  const fresh = (reading?.started ?? []).filter(({ TaskId }) => !taskOf(state, TaskId))
  return fresh.map((task) => ({ ...toTask({ ...task, createdAt: at }), startedHere: true }))
}

/** @param unanswered - A submit may have made what no task here stands for. */
function finish(state: StepState, unanswered: boolean): Transition {
  const submitUnanswered = unanswered || state.tasks.some((task) => mayHaveMore(state, task))
  const cancelled = cancelledOf(state.tasks, submitUnanswered)
  return [{ ...state, phase: 'settled', cancelled }, [{ do: 'finishCancelled', cancelled }]]
}

/** A task whose TaskId nothing shows, or one that has ended before VOD names the task flow that was asked for on what it made. */
function mayHaveMore({ start }: StepState, { TaskId, reading, startedHere }: TaskState): boolean {
  if (TaskId === '') return true
  const mayStart = start.flows > 0 && !startedHere && reading !== undefined
  return mayStart && isTerminal(reading.Status) && countsOf(reading).unknown !== 0
}

function cancelledOf(tasks: readonly TaskState[], submitUnanswered: boolean): Cancelled {
  const ids = (wanted: Fate) =>
    tasks.filter((task) => task.TaskId !== '' && fateOf(task) === wanted).map(({ TaskId }) => TaskId)
  return { stopped: ids('stopped'), ended: ids('ended'), left: ids('left'), submitUnanswered }
}

type Fate = 'stopped' | 'ended' | 'left'

/** What VOD shows, not what it answered: a task may have ended while it was aborted. */
function fateOf(task: TaskState): Fate {
  if (task.Status === 'ABORTED') return 'stopped'
  return isOver(task) ? 'ended' : 'left'
}
