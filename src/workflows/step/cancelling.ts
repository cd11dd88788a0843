import type { SubmitResult } from '../../contract/activities.js'
import { countsOf, type TaskReading } from '../../contract/outcome.js'
import type { CancelSummary } from '../../contract/progress.js'
import { readOf } from './read.js'
import { searchFor } from './search.js'
import {
  type Effect,
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
import { doubtOf } from './unlistedTasks.js'

/**
 * Cancels a step. Nothing more is sent: `drive` cancels the submit's activity, and Temporal makes no further attempt. The step waits for an
 * attempt on the wire, and looks up its tasks if VOD's answer is missing. VOD can abort only a task that is still WAITING, so the step
 * then reads and reports which tasks continue.
 */
export function cancel(state: StepState, at: number): Transition {
  switch (state.phase) {
    case 'submitting': {
      const [cancelling, wake] = waitUntil(state, at)
      return [cancelling, [wake]]
    }
    case 'recovering':
      return searchTasks(state, at)
    case 'waiting':
    case 'askingMedia':
      return abortAll(state)
    default:
      return [state, []]
  }
}

export function submittedTooLate(state: StepState, submitted: SubmitResult, at: number): Transition {
  if (state.tasks.length > 0) return [state, []]
  const { SessionId } = submitted
  if (submitted.kind === 'accepted' && submitted.incomplete !== true)
    return abortAll({ ...state, SessionId, tasks: submitted.tasks.map(toTask) })
  return searchTasks({ ...state, SessionId, ...doubtOf(submitted) }, at)
}

/** The submit has no further attempt. `sent`: an earlier one may have been accepted. */
export function unansweredTooLate(state: StepState, sent: boolean, at: number): Transition {
  return sent ? searchTasks(state, at) : finish(state, false)
}

/** The search has found the tasks of an earlier send, as far as VOD shows them. */
export function foundTooLate(state: StepState, result: SearchResult, at: number): Transition {
  if (state.tasks.length > 0) return [state, []]
  const rest = result.missing.map((TaskType) => toSought(TaskType, at))
  const all = [...foundTasks(state, result, at), ...rest]
  return all.length === 0 ? finish(state, true) : abortAll({ ...state, tasks: all })
}

export function wokeWhileCancelling(state: StepState, at: number): Transition {
  if (state.tasks.length > 0) return [state, []]
  const { named } = state
  // The types of the tasks that the answer does not name are unknown.
  return named ? foundTooLate(state, { tasks: named, missing: [unknownType] }, at) : finish(state, true)
}

/** Searches for the tasks of a send whose answer is missing. */
function searchTasks(state: StepState, at: number): Transition {
  const { origin } = state.start
  if (origin.kind === 'adopt') return finish(state, false)
  const [cancelling, wake] = waitUntil(state, at)
  return [cancelling, [searchFor(cancelling, origin.send, { SessionId: state.SessionId }), wake]]
}

function waitUntil(state: StepState, at: number): readonly [StepState, Effect] {
  const until = at + state.start.delays.cancelGrace
  const why = 'canceled: the tasks are not known yet'
  return [
    { ...state, phase: 'cancelling', nextWake: until },
    { do: 'wake', at: until, why },
  ]
}

function abortAll(state: StepState): Transition {
  const tasks = ownTasks(state).map((task): TaskState => {
    if (!isOpen(task)) return task
    return { ...opened(task), stage: isOfAnother(state, task) ? 'left' : 'aborting' }
  })
  return goOn({ ...state, phase: 'cancelling', tasks }, tasks)
}

/** Aborts the new tasks, or ends if no abort or read is pending. */
function goOn(state: StepState, fresh: readonly TaskState[]): Transition {
  const aborts = fresh.filter((task) => task.stage === 'aborting')
  if (aborts.length > 0) return [state, aborts.map(({ TaskId }) => ({ do: 'abort', TaskId }))]
  const closing = state.tasks.some(({ stage }) => stage === 'aborting' || stage === 'reading')
  return closing ? [state, []] : finish(state, false)
}

/** Under an idempotencyKey, a task belongs to the caller who sent it first, so only that caller aborts it. */
function isOfAnother({ start: { origin } }: StepState, { elsewhere }: TaskState): boolean {
  return origin.kind !== 'adopt' && origin.send.input.idempotencyKey !== undefined && elsewhere === true
}

/** ManageTask has answered, so the task is read once more. */
export function readAborted(state: StepState, TaskId: string, aborted: boolean): Transition {
  const task = taskOf(state, TaskId)
  if (task?.stage !== 'aborting') return [state, []]
  const why = { cause: 'cancel', aborted } as const
  return [withTask(state, { ...task, stage: 'reading', underWay: why }), [readOf(state, TaskId, why)]]
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
  return goOn({ ...state, tasks: [...withTask(state, closed).tasks, ...started] }, started)
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
  const cancelled = cancelledOf(state.tasks, submitUnanswered)
  return [{ ...state, phase: 'settled', cancelled }, [{ do: 'finishCancelled', cancelled }]]
}

/** Returns true for a task without a known TaskId, and for an ended task whose requested task flow VOD does not name. */
function mayHaveMore({ start }: StepState, task: TaskState): boolean {
  if (task.TaskId === undefined) return true
  return start.flows > 0 && !task.startedHere && task.stage === 'over' && countsOf(task.reading).unknown !== 0
}

function cancelledOf(tasks: readonly TaskState[], submitUnanswered: boolean): CancelSummary {
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
