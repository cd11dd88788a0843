import type { FlowTask } from '../../contract/outcome.js'
import type { StepState, TaskIn, TaskState } from './state.js'
import { isOpen, lose, opened, taskOf, toFlow, withTask } from './tasks.js'

/*
 * The task flows that a task of the step has started on its new media. VOD names such a media file twice: in the detail of the task that
 * made it, and in the detail of the flow. If they differ, it is unknown which one is true, and the wrong film could be approved.
 */

/** Adds the task flows that a task of the step has started. Its detail also proves flows that a hint had claimed. */
export function withStarted(state: StepState, started: readonly FlowTask[], at: number): StepState {
  const flows = started.map(({ TaskId, TaskType }): TaskState => {
    const known = toFlow({ TaskId, TaskType, createdAt: at })
    const claimed = taskOf(state, TaskId)
    return claimed?.stage === 'claimed' ? { ...known, stage: 'reading', underWay: claimed.underWay } : known
  })
  const named = new Set(flows.map(({ TaskId }) => TaskId))
  return { ...state, tasks: [...state.tasks.filter(({ TaskId }) => !named.has(TaskId)), ...flows] }
}

/** Returns the new media file that a task flow works on, as the detail of the task that started it says. */
export function fileOfFlow({ tasks }: StepState, TaskId: string): string | undefined {
  return tasks.flatMap(startedBy).find((flow) => flow.TaskId === TaskId)?.FileId
}

function startedBy({ reading, startedHere }: TaskState): readonly FlowTask[] {
  return startedHere ? [] : (reading?.started ?? [])
}

const otherFile = 'has a detail about another media file than the task that started it'

/** A state in which the details of a task flow and of the task that started it differ. */
interface Dispute {
  readonly state: StepState
  /** The task that started the flow, if it is to be read again. */
  readonly again?: string
}

/** The task that started a flow is read again, then the flow. If their details still differ, neither proves anything. */
export function dispute(state: StepState, flow: TaskIn<'reading'>): Dispute {
  const disputed = withTask(state, { ...opened(flow), problem: otherFile, disputed: true })
  const isReadAgain = state.tasks.some((task) => isOpen(task) && !task.startedHere)
  if (isReadAgain) return { state: disputed }
  const lost = withTask(state, lose(flow, otherFile))
  const starter = state.tasks.find((task) => startedBy(task).some(({ TaskId }) => TaskId === flow.TaskId))
  if (starter?.stage !== 'over' || starter.TaskId === undefined) return { state: lost }
  const { TaskId } = starter
  if (!flow.disputed) return { state: withTask(disputed, reopened({ ...starter, TaskId })), again: TaskId }
  const why = 'names another new media file than the detail of its task flow'
  return { state: withTask(lost, { ...starter, stage: 'lost', reading: undefined, lost: why }) }
}

/**
 * Returns the state after a detail of a task that starts flows. A disputed flow that it does not name is none of the step's. A flow that was
 * read before and works on another file is open again.
 */
export function withDoubts(state: StepState): StepState {
  const named = new Set(state.tasks.flatMap(startedBy).map(({ TaskId }) => TaskId))
  const tasks = state.tasks.filter(({ disputed, TaskId = '' }) => !disputed || named.has(TaskId))
  return {
    ...state,
    tasks: tasks.map((task) =>
      isContradicted(state, task) ? { ...reopened(task), problem: otherFile } : task,
    ),
  }
}

/** An ended task that can be read again. */
type Readable = TaskIn<'over'> & { readonly TaskId: string }

function isContradicted(state: StepState, task: TaskState): task is Readable {
  if (task.stage !== 'over' || !task.startedHere || task.TaskId === undefined) return false
  const FileId = fileOfFlow(state, task.TaskId)
  return FileId !== undefined && task.reading.FileId !== undefined && task.reading.FileId !== FileId
}

function reopened(task: Readable): TaskIn<'open'> {
  return { ...task, stage: 'open', reading: undefined }
}

/** Returns the open flows whose last read said nothing. */
export function doubtedFlows({ tasks }: StepState): readonly TaskIn<'open'>[] {
  return tasks.filter(
    (task): task is TaskIn<'open'> => task.stage === 'open' && task.startedHere && task.problem !== undefined,
  )
}
