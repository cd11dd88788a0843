import { asyncActions, taskKinds } from '../../contract/actions.js'
import type { StepTask } from '../../contract/activities.js'
import { isTerminal, percentOf, type TaskReading } from '../../contract/outcome.js'
import type { HintedBy, HintReason, SearchResult, Stage, StepState, TaskIn, TaskState } from './state.js'

const unread = { Status: 'WAITING', percent: 0, underWay: undefined, reading: undefined } as const

export function toTask(task: StepTask): TaskIn<'open'> {
  return { ...task, ...unread, stage: 'open', startedHere: false }
}

/** A task flow that another task of the step has started. */
export function toFlow(task: StepTask): TaskIn<'open'> {
  return { ...toTask(task), startedHere: true }
}

/** A task of an earlier send whose TaskId nothing shows. */
export function toSought(TaskType: string, createdAt: number): TaskIn<'sought'> {
  return { ...unread, stage: 'sought', TaskId: '', TaskType, createdAt, startedHere: false }
}

export function toClaimed(TaskId: string, underWay: HintReason): TaskIn<'claimed'> {
  return { ...unread, stage: 'claimed', underWay, TaskId, TaskType: '', createdAt: 0, startedHere: false }
}

/** What a search found. A task of a kind that the action itself does not make is a task flow on what it made. */
export function foundTasks({ start }: StepState, { tasks, reading }: SearchResult, at: number): TaskState[] {
  const known = reading ? [knownBy(reading, at)] : []
  const own = start.origin.kind === 'submit' ? asyncActions[start.origin.send.action].tasks : []
  const isFlow = ({ TaskType }: StepTask) =>
    known.length > 0 || (start.flows > 0 && !own.some((made) => made.TaskType === TaskType))
  return [...known, ...tasks.map((task) => (isFlow(task) ? toFlow : toTask)(task))]
}

/** A task whose end shows in what it made. */
function knownBy(reading: TaskReading, at: number): TaskState {
  const { TaskId, TaskType } = reading
  return shown(toTask({ TaskId, TaskType, createdAt: createdAt(reading, at) }), reading)
}

export function createdAt({ CreateTime }: TaskReading, otherwise: number): number {
  return Date.parse(CreateTime) || otherwise
}

/** A task whose read has answered, if one was under way. */
export function opened(task: TaskIn<'open' | 'reading'>): TaskIn<'open'> {
  return { ...task, stage: 'open', underWay: undefined }
}

/** A hint came while the task was read. */
export function hintedMeanwhile(task: TaskIn<'reading' | 'claimed'>, { via }: HintedBy): TaskState {
  const again = { via }
  if (task.stage === 'claimed') return { ...task, underWay: { ...task.underWay, again } }
  const { underWay } = task
  const isLast = underWay.cause === 'poll' || underWay.cause === 'cancel'
  return isLast ? task : { ...task, underWay: { ...underWay, again } }
}

/** What a read has shown of a task. */
export function shown(task: TaskIn<'open' | 'reading'>, reading: TaskReading): TaskIn<'open' | 'over'> {
  const { Status } = reading
  const known = { ...opened(task), reading, Status, percent: Math.max(task.percent, percentOf(reading)) }
  return isTerminal(Status) ? { ...known, stage: 'over' } : known
}

/** A task that will never be read to its end. */
export function lose(task: TaskIn<'open' | 'reading' | 'sought'>, why: string): TaskIn<'lost'> {
  return { ...task, stage: 'lost', underWay: undefined, lost: why }
}

/** Nothing more will be learned of this task. */
export function isOver({ stage }: TaskState): boolean {
  return stage === 'over' || stage === 'lost'
}

/** The step knows its TaskId, that it is its own, and that it goes on. */
export function isOpen(task: TaskState): task is TaskIn<'open' | 'reading'> {
  return task.stage === 'open' || task.stage === 'reading'
}

/** Without claims: they may be tasks of anybody. */
export function ownTasks({ tasks }: StepState): readonly TaskIn<Exclude<Stage, 'claimed'>>[] {
  return tasks.filter((task) => task.stage !== 'claimed')
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
