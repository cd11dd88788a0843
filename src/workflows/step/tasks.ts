import { asyncActions, taskKinds } from '../../contract/actions.js'
import type { StepTask } from '../../contract/activities.js'
import { isTerminal, percentOf, type TaskReading } from '../../contract/outcome.js'
import {
  type HintedBy,
  type HintReason,
  type SearchResult,
  type Stage,
  type StepState,
  type TaskIn,
  type TaskState,
  unknownType,
} from './state.js'

const unread = { Status: 'WAITING', percent: 0, underWay: undefined, reading: undefined } as const

export function toTask(task: StepTask): TaskIn<'open'> {
  return { ...task, ...unread, stage: 'open', startedHere: false }
}

/** Returns a task flow that another task of the step has started. */
export function toFlow(task: StepTask): TaskIn<'open'> {
  return { ...toTask(task), startedHere: true }
}

/** Returns a task of an earlier send whose TaskId is unknown. */
export function toSought(TaskType: string, createdAt: number): TaskIn<'sought'> {
  return { ...unread, stage: 'sought', TaskId: undefined, TaskType, createdAt, startedHere: false }
}

export function toClaimed(TaskId: string, underWay: HintReason): TaskIn<'claimed'> {
  return {
    ...unread,
    stage: 'claimed',
    underWay,
    TaskId,
    TaskType: unknownType,
    createdAt: 0,
    startedHere: false,
  }
}

/** Returns the tasks that a search found. A task of a type that the action itself does not make is a flow on its new media. */
export function foundTasks({ start }: StepState, { tasks, reading }: SearchResult, at: number): TaskState[] {
  const known = reading ? [endedBy(reading, at)] : []
  const own = start.origin.kind === 'submit' ? asyncActions[start.origin.send.action].tasks : []
  const isFlow = ({ TaskType }: StepTask) =>
    known.length > 0 || (start.flows > 0 && !own.some((made) => made.TaskType === TaskType))
  return [...known, ...tasks.map((task) => (isFlow(task) ? toFlow : toTask)(task))]
}

/** Returns a task whose end is known by its new media. */
function endedBy(reading: TaskReading, at: number): TaskIn<'over'> {
  const { TaskId, TaskType, Status } = reading
  const known = { TaskId, TaskType, createdAt: createdAt(reading, at), startedHere: false, percent: 100 }
  return { ...unread, ...known, stage: 'over', Status, reading }
}

export function createdAt({ CreateTime }: TaskReading, otherwise: number): number {
  return Date.parse(CreateTime ?? '') || otherwise
}

/** Returns the task without its pending read. */
export function opened(task: TaskIn<'open' | 'reading'>): TaskIn<'open'> {
  return { ...task, stage: 'open', underWay: undefined }
}

/** Records a hint that arrived during a read of the task. */
export function hintedMeanwhile(task: TaskIn<'reading' | 'claimed'>, { via }: HintedBy): TaskState {
  const again = { via }
  if (task.stage === 'claimed') return { ...task, underWay: { ...task.underWay, again } }
  const { underWay } = task
  const isLast = underWay.cause === 'poll' || underWay.cause === 'cancel'
  return isLast ? task : { ...task, underWay: { ...underWay, again } }
}

/** Returns the task after a reading. */
export function shown(task: TaskIn<'open' | 'reading'>, reading: TaskReading): TaskIn<'open' | 'over'> {
  const { Status } = reading
  const known = {
    ...opened(task),
    problem: undefined,
    reading,
    Status,
    percent: Math.max(task.percent, percentOf(reading)),
  }
  return isTerminal(Status) ? { ...known, stage: 'over' } : known
}

/** Returns a task whose end can never be read. */
export function lose(task: TaskIn<'open' | 'reading' | 'sought'>, why: string): TaskIn<'lost'> {
  return { ...task, stage: 'lost', underWay: undefined, lost: why }
}

/**
 * Returns true if the task needs no further reading, or none is possible. A task that has ended opens again if its detail contradicts that
 * of a task flow: see `flows.ts`.
 */
export function isOver({ stage }: TaskState): boolean {
  return stage === 'over' || stage === 'lost'
}

/** Returns true for a task of the step that has a known TaskId and has not ended. */
export function isOpen(task: TaskState): task is TaskIn<'open' | 'reading'> {
  return task.stage === 'open' || task.stage === 'reading'
}

/** Returns the tasks without claims, which may belong to others. */
export function ownTasks({ tasks }: StepState): readonly TaskIn<Exclude<Stage, 'claimed'>>[] {
  return tasks.filter((task) => task.stage !== 'claimed')
}

/** Returns true if an event announces the end of the task. */
export function hasEvent({ TaskType }: Pick<StepTask, 'TaskType'>): boolean {
  return taskKinds[TaskType]?.event !== undefined
}

export function isListed({ TaskType }: Pick<StepTask, 'TaskType'>): boolean {
  return taskKinds[TaskType]?.listed ?? false
}

/**
 * Returns true if a task would have been found: the search was whole, and VOD lists every type that was asked for. The types of a template
 * that VOD does not have are unknown, but such a template makes no task either.
 */
export function provesNone(
  { start: { origin, FileId } }: StepState,
  { missing, failed }: SearchResult,
): boolean {
  if (failed || FileId === '' || origin.kind !== 'submit') return false
  const mayBeUnknown = asyncActions[origin.send.action].found === 'listing'
  return missing.every((TaskType) => (TaskType === unknownType ? mayBeUnknown : isListed({ TaskType })))
}

/** Returns the task as the reading shows it. Only the detail of an adopted task shows its type and its age. */
export function shownIn(state: StepState, task: TaskIn<'reading'>, reading: TaskReading) {
  const about = { TaskType: reading.TaskType, createdAt: createdAt(reading, task.createdAt) }
  return shown(state.start.origin.kind === 'adopt' ? { ...task, ...about } : task, reading)
}

/**
 * Returns true if the detail has another SessionId. VOD may leave the SessionId of a sibling task empty, and a flow has its own. A step
 * whose submit was never answered does not know its SessionId: only a search with that SessionId names its tasks.
 */
export function isOfOther(state: StepState, task: TaskState, reading: TaskReading): boolean {
  const echoed = state.start.origin.kind !== 'adopt' && !task.startedHere && state.SessionId !== ''
  return echoed && reading.SessionId !== undefined && !isOfWork(state, reading)
}

/** Returns true if the SessionId of the reading is the step's. Without a TaskId, nothing else tells whose reading it is. */
export function isOfWork({ SessionId }: StepState, reading: TaskReading): boolean {
  return SessionId !== '' && reading.SessionId === SessionId
}

export function taskOf(state: StepState, TaskId: string): TaskState | undefined {
  return state.tasks.find((task) => task.TaskId === TaskId)
}

export function withTask(state: StepState, task: TaskState): StepState {
  return { ...state, tasks: state.tasks.map((old) => (old.TaskId === task.TaskId ? task : old)) }
}
