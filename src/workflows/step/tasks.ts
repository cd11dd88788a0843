import { asyncActions, taskKinds } from '../../contract/actions.js'
import type { StepTask } from '../../contract/activities.js'
import { isTerminal, percentOf, type Reading } from '../../contract/outcome.js'
import type { SearchResult, StepState, TaskState } from './state.js'

export function toTask(task: StepTask): TaskState {
  return {
    ...task,
    Status: 'WAITING',
    percent: 0,
    reading: undefined,
    underWay: undefined,
    hintedBy: undefined,
    hintedMeanwhile: false,
    lost: undefined,
    standing: 'known',
    aborted: false,
    startedHere: false,
    closed: false,
  }
}

/** A task whose end shows in what it made. */
function knownBy(reading: Reading, at: number): TaskState {
  const { TaskId, TaskType, Status, CreateTime } = reading
  return {
    ...toTask({ TaskId, TaskType, createdAt: Date.parse(CreateTime) || at }),
    reading,
    Status,
    percent: percentOf(reading),
  }
}

/** What a search found. A task of a kind that the action itself does not make is a task flow on what it made. */
export function foundTasks({ start }: StepState, { tasks, reading }: SearchResult, at: number): TaskState[] {
  const known = reading ? [knownBy(reading, at)] : []
  const own = start.origin.kind === 'submit' ? asyncActions[start.origin.send.action].tasks : []
  const isFlow = ({ TaskType }: StepTask) =>
    known.length > 0 || (start.flows > 0 && !own.some((made) => made.TaskType === TaskType))
  return [...known, ...tasks.map((task) => ({ ...toTask(task), startedHere: isFlow(task) }))]
}

/** Of a task that somebody else has submitted. */
export function ageAndTypeOf(task: TaskState, { TaskType, CreateTime }: Reading): Partial<TaskState> {
  return { TaskType, createdAt: Date.parse(CreateTime) || task.createdAt }
}

/** Nothing more will be learned of this task. */
export function isOver(task: TaskState): boolean {
  return task.lost !== undefined || isTerminal(task.Status)
}

/** An event announces its end. */
export function hasEvent({ TaskType }: StepTask): boolean {
  return taskKinds[TaskType]?.event !== undefined
}

export function isListed({ TaskType }: StepTask): boolean {
  return taskKinds[TaskType]?.listed ?? false
}

export function taskOf(state: StepState, TaskId: string): TaskState | undefined {
  return TaskId === '' ? undefined : state.tasks.find((task) => task.TaskId === TaskId)
}

export function withTask(state: StepState, task: TaskState): StepState {
  return { ...state, tasks: state.tasks.map((old) => (old.TaskId === task.TaskId ? task : old)) }
}
