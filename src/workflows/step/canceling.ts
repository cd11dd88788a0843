import type { SubmitResult } from '../../contract/activities.js'
import { countsOf, type TaskReading } from '../../contract/outcome.js'
import type { CancelSummary } from '../../contract/progress.js'
import { readOf } from './read.js'
import { searchFor } from './search.js'
import {
  type SearchResult,
  type StepState,
  type TaskIn,
  type TaskState,
  type Transition,
  unknownType,
} from './state.js'
import {
  foundTasks,
  isOpen,
  opened,
  ownTasks,
  shown,
  taskOf,
  toFlow,
  toSought,
  toTask,
  withTask,
} from './tasks.js'
import { andThen } from './transition.js'
import { doubtOf } from './unlistedTasks.js'

/**
 * Cancels a step. Nothing more is sent: `drive` cancels the submit's activity, and Temporal makes no further attempt. The step waits for an
 * attempt on the wire, and looks up its tasks if VOD's answer is missing. VOD can abort only a task that is still WAITING, so the step
 * then reads and reports which tasks continue. All of it takes at most `cancelGrace`.
 */
export function cancel(state: StepState, at: number): Transition {
  const { cancelGrace } = state.start.delays
  const canceling: StepState = { ...state, phase: 'canceling', cancelBy: at + cancelGrace }
  switch (state.phase) {
    case 'submitting':
      return waitForTasks(canceling)
    case 'recovering':
      return andThen(searchTasks(canceling), waitForTasks)
    case 'waiting':
    case 'askingMedia':
      return abortAll(canceling, at)
    default:
      return [state, []]
  }
}

/** The rest of `cancelGrace` is for aborts and reads. */
function waitForTasks(state: StepState): Transition {
  const until = (state.cancelBy ?? 0) - state.start.delays.cancelGrace / 3
  const why = 'canceled: the tasks are not known yet'
  return [{ ...state, nextWake: until }, [{ do: 'wake', at: until, why }]]
}

export function submittedTooLate(state: StepState, submitted: SubmitResult, at: number): Transition {
  if (state.tasks.length > 0) return [state, []]
  const { SessionId } = submitted
  if (submitted.kind === 'accepted' && submitted.incomplete !== true)
    return abortAll({ ...state, SessionId, tasks: submitted.tasks.map(toTask) }, at)
  return searchTasks({ ...state, SessionId, ...doubtOf(submitted) })
}

/** The submit has no further attempt. `sent`: an earlier one may have been accepted. */
export function unansweredTooLate(state: StepState, sent: boolean): Transition {
  return sent ? searchTasks(state) : finish(state, false)
}

/** The search has found the tasks of an earlier send, as far as VOD shows them. */
export function foundTooLate(state: StepState, result: SearchResult, at: number): Transition {
  if (state.tasks.length > 0) return [state, []]
  const rest = result.missing.map((TaskType) => toSought(TaskType, at))
  const all = [...foundTasks(state, result, at), ...rest]
  return all.length === 0 ? finish(state, true) : abortAll({ ...state, tasks: all }, at)
}

export function wokeWhileCanceling(state: StepState, at: number): Transition {
  if (state.tasks.length > 0) return [state, []]
  const { named } = state
  // The types of the tasks that the answer does not name are unknown.
  return named ? foundTooLate(state, { tasks: named, missing: [unknownType] }, at) : finish(state, true)
}

/** Searches for the tasks of a send whose answer is missing. */
function searchTasks(state: StepState): Transition {
  const { origin } = state.start
  if (origin.kind === 'adopt') return finish(state, false)
  return [state, [searchFor(state, origin.send, { SessionId: state.SessionId })]]
}

function abortAll(state: StepState, at: number): Transition {
  const tasks = ownTasks(state).map((task): TaskState => {
    if (!isOpen(task)) return task
    return { ...opened(task), stage: isOfAnother(state, task) ? 'left' : 'aborting' }
  })
  return goOn({ ...state, tasks }, tasks, at)
}

/** Aborts the new tasks, or ends if no abort or read is pending. */
function goOn(state: StepState, fresh: readonly TaskState[], at: number): Transition {
  const aborts = fresh.filter((task) => task.stage === 'aborting')
  const limitMs = limitOf(state, at)
  if (aborts.length > 0 && limitMs > 0)
    return [state, aborts.map(({ TaskId }) => ({ do: 'abort', TaskId, limitMs }))]
  if (limitMs <= 0) return finish({ ...state, tasks: state.tasks.map(asLeft) }, false)
  const closing = state.tasks.some(({ stage }) => stage === 'aborting' || stage === 'reading')
  return closing ? [state, []] : finish(state, false)
}

/** The time limit for one abort or read, in ms: VOD answers sooner. */
const callLimitMs = 20_000

/** Returns the time that the next call may take, in ms. */
function limitOf({ cancelBy = 0 }: StepState, at: number): number {
  return Math.min(callLimitMs, cancelBy - at)
}

function asLeft(task: TaskState): TaskState {
  const isPending = task.stage === 'aborting' || task.stage === 'reading'
  return isPending ? { ...task, stage: 'left', underWay: undefined } : task
}

/** Under an idempotencyKey, a task belongs to the caller who sent it first, so only that caller aborts it. */
function isOfAnother({ start: { origin } }: StepState, { elsewhere }: TaskState): boolean {
  return origin.kind !== 'adopt' && origin.send.input.idempotencyKey !== undefined && elsewhere === true
}

/** ManageTask has answered, so the task is read once more. */
export function readAborted(state: StepState, TaskId: string, aborted: boolean, at: number): Transition {
  const task = taskOf(state, TaskId)
  if (task?.stage !== 'aborting') return [state, []]
  const limitMs = limitOf(state, at)
  if (limitMs <= 0) return goOn(state, [], at)
  const why = { cause: 'cancel', aborted } as const
  const read = { ...readOf(state, TaskId, why), limitMs }
  return [withTask(state, { ...task, stage: 'reading', underWay: why }), [read]]
}

/** The last read has answered. `reading` is undefined if VOD does not show the task. */
export function close(
  state: StepState,
  task: TaskIn<'reading'>,
  at: number,
  reading?: TaskReading,
): Transition {
  const last = reading ? shown(task, reading) : opened(task)
  const closed: TaskState = last.stage === 'over' ? last : { ...last, stage: 'left' }
  const started = startedBy(state, closed.reading, at)
  return goOn({ ...state, tasks: [...withTask(state, closed).tasks, ...started] }, started, at)
}

/** Returns the task flows that a task started on its new media before it could be aborted. */
function startedBy(state: StepState, reading: TaskReading | undefined, at: number): TaskState[] {
  const fresh = (reading?.started ?? []).filter(({ TaskId }) => !taskOf(state, TaskId))
  return fresh.map(({ TaskId, TaskType }) => ({
    ...toFlow({ TaskId, TaskType, createdAt: at }),
    stage: 'aborting',
  }))
}

/** @param unanswered - a submit may have made tasks that are not in the state */
function finish(state: StepState, unanswered: boolean): Transition {
  const submitUnanswered = unanswered || state.tasks.some((task) => mayHaveMore(state, task))
  const canceled = canceledOf(state.tasks, submitUnanswered)
  return [{ ...state, phase: 'settled', canceled }, [{ do: 'finishCanceled', canceled }]]
}

/** Returns true for a task without a known TaskId, and for an ended task whose requested task flow VOD does not name. */
function mayHaveMore({ start }: StepState, task: TaskState): boolean {
  if (task.TaskId === undefined) return true
  return start.flows > 0 && !task.startedHere && task.stage === 'over' && countsOf(task.reading).unknown !== 0
}

function canceledOf(tasks: readonly TaskState[], submitUnanswered: boolean): CancelSummary {
  const ids = (wanted: TaskFate) =>
    tasks.flatMap((task) => (task.TaskId !== undefined && fateOf(task) === wanted ? [task.TaskId] : []))
  return { stopped: ids('stopped'), ended: ids('ended'), left: ids('left'), submitUnanswered }
}

type TaskFate = 'stopped' | 'ended' | 'left'

/** The fate is what VOD shows, not its answer to the abort: a task may have ended in the meantime. */
function fateOf({ stage, reading }: TaskState): TaskFate {
  if (stage === 'left') return 'left'
  return reading?.Status === 'ABORTED' ? 'stopped' : 'ended'
}
