import { taskKinds } from '../contract/actions.js'
import { shrinkReading, verdictShare } from '../contract/fitOutcome.js'
import { bytesOf, filled, itemsOf, type Json, object, text } from '../contract/json.js'
import { fitVerdicts, suggestionOf } from '../contract/moderation.js'
import {
  isTerminal,
  type Part,
  type PartStatus,
  type Reading,
  type StartedTask,
} from '../contract/outcome.js'
import {
  errorOf,
  hasFailed,
  hasMade,
  hasSubTasks,
  newMediaOf,
  percentOf,
  subTasksOf,
  taskIn,
} from './taskShape.js'
import { verdictsOf } from './verdicts.js'

/** A reading at most, in UTF-8 bytes: most steps have one or two tasks, and `fitOutcome` cuts what is too much together. */
export const maxReadingBytes = 192 * 1024

const maxUrls = 200

export interface ReadingOptions {
  readonly maxBytes?: number | undefined
  /** Task flows that the request asked for on what its task makes: an end that does not name them all is not known. */
  readonly flows?: number | undefined
  /** That of the step: a reading says only where it is another. */
  readonly SessionId?: string | undefined
}

/** Cuts a parsed `DescribeTaskDetail` answer down to what a run keeps. Pure and total: never throws. */
export function toReading(
  TaskId: string,
  detail: Json,
  { maxBytes = maxReadingBytes, flows = 0, SessionId = '' }: ReadingOptions = {},
): Reading {
  const TaskType = text(detail.TaskType)
  const Status = text(detail.Status)
  const task = taskIn(TaskType, detail)
  const made = newMediaOf(TaskType, task)
  const started = startedBy(task)
  const ended = partsOf(TaskType, Status, task)
  const startsFlows =
    taskKinds[TaskType]?.makes !== undefined && ended.every(({ status }) => status !== 'failed')
  const unnamed = startsFlows ? flows - started.length : 0
  const parts = Status === 'FINISH' && unnamed > 0 ? [...ended, flowNotNamed] : ended
  const newFileIds = made.map(({ FileId }) => text(FileId)).filter((FileId) => FileId !== '')
  const all = verdictsOf(TaskType, Status, task)
  const verdicts = fitVerdicts(all, maxBytes * verdictShare)
  const isCut = verdicts.length < all.length || parts.some((part) => part.urls.length >= maxUrls)
  const echoed = text(task?.SessionId)
  const reading: Reading = {
    TaskId,
    TaskType,
    Status,
    CreateTime: text(detail.CreateTime),
    FinishTime: text(detail.FinishTime),
    ...(echoed === SessionId ? {} : { SessionId: echoed }),
    FileId:
      text(task?.FileId) ||
      text(object(task?.Input)?.FileId) ||
      (newFileIds.length === 1 ? (newFileIds[0] ?? '') : ''),
    ...(isTerminal(Status) ? {} : { percent: percentOf(task) ?? 0 }),
    parts,
    ...filled({ verdicts, newFileIds, started: started.flat() }),
    ...(isCut ? { truncated: true } : {}),
  }
  return shrinkReading(reading, maxBytes)
}

function partsOf(TaskType: string, Status: string, task: Json | undefined): Part[] {
  if (Status === 'ABORTED') return [toPart(TaskType, 'aborted', task)]
  if (task && hasSubTasks(TaskType, task)) {
    const parts = subTasksOf(task).map(({ Type, result }) => toPart(Type, statusOf(result), result))
    // A flow that ended without a sub-task did nothing: most often the source could not be opened.
    return parts.length === 0 && Status === 'FINISH' ? [toPart(TaskType, 'failed', task)] : parts
  }
  const status = wholeTaskStatus(TaskType, Status, task)
  const made = newMediaOf(TaskType, task)
  if (status !== 'succeeded' || made.length === 0) return [toPart(TaskType, status, task)]
  return made.map((Output) =>
    toPart(TaskType, text(Output.FileId) === '' ? 'unknown' : 'succeeded', { Output }),
  )
}

/** The tasks of each flow that a task started on what it made, flow by flow. */
function startedBy(task: Json | undefined): StartedTask[][] {
  const places = task ? [task, ...itemsOf(task.FileInfoSet)] : []
  const { ProcedureTaskIds } = object(task?.Output) ?? {}
  const flows = Array.isArray(ProcedureTaskIds) ? ProcedureTaskIds : []
  return [...places, ...flows.map((ProcedureTaskId): Json => ({ ProcedureTaskId }))]
    .map(({ ProcedureTaskId, ReviewAudioVideoTaskId }) => [
      ...startedTask('Procedure', ProcedureTaskId),
      ...startedTask('ReviewAudioVideo', ReviewAudioVideoTaskId),
    ])
    .filter((flow) => flow.length > 0)
}

function startedTask(TaskType: string, TaskId: unknown): StartedTask[] {
  return text(TaskId) === '' ? [] : [{ TaskType, TaskId: text(TaskId) }]
}

const flowNotNamed: Part = {
  Type: 'Procedure',
  status: 'unknown',
  Message: 'the task flow that was asked for is not named',
  Output: {},
  urls: [],
}

/** SUCCESS counts only with an empty ErrCodeExt (Tencent: ErrCode is kept for old clients). */
function statusOf(result: Json | undefined): PartStatus {
  if (result?.Status === 'FAIL') return 'failed'
  if (result?.Status === 'SUCCESS') return errorOf(result) === '' ? 'succeeded' : 'failed'
  return 'unknown'
}

/** A task without sub-tasks: it has no SUCCESS or FAIL, so the error members and the output decide. */
function wholeTaskStatus(TaskType: string, Status: string, task: Json | undefined): PartStatus {
  if (Status !== 'FINISH' || !task) return 'unknown'
  if (hasFailed(task)) return 'failed'
  if (TaskType === 'ReviewAudioVideo')
    return verdictsOf(TaskType, Status, task).some(suggestionOf) ? 'succeeded' : 'unknown'
  if (TaskType === 'ImportMediaKnowledge') return task.ErrCode === 0 ? 'succeeded' : 'unknown'
  const made = taskKinds[TaskType] ? newMediaOf(TaskType, task).length > 0 : hasMade(task)
  return made ? 'succeeded' : 'unknown'
}

/** One part of a task, or of a media file. */
export function toPart(Type: string, status: PartStatus, result: Json | undefined): Part {
  const Output = object(result?.Output) ?? {}
  const Definition = object(result?.Input)?.Definition ?? Output.Definition
  const urls = [...urlsOf(Output)]
  return {
    Type,
    status,
    ...(typeof Definition === 'number' ? { Definition } : {}),
    ...filled({
      ErrCodeExt: errorOf(result),
      Message: status === 'succeeded' ? '' : text(result?.Message),
    }),
    Output: scalarsOf(Output, { Definition, urls }),
    urls: urls.slice(0, maxUrls),
    ...(status === 'failed' ? inputOf(result) : {}),
  }
}

/** Longer ones are rare (ten watermarks with all their options), and cannot be repaired. */
const maxInputBytes = 4_000

function inputOf(result: Json | undefined): { Input?: Json } {
  const Input = object(result?.Input)
  return Input && bytesOf(Input) <= maxInputBytes ? { Input } : {}
}

/** Without what stands elsewhere in the part: of several URLs each has its name. */
function scalarsOf(
  output: Json,
  { Definition, urls }: { readonly Definition: unknown; readonly urls: readonly string[] },
): Part['Output'] {
  const scalars: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(output)) {
    if (name === 'Definition' && value === Definition) continue
    if (urls.length === 1 && value === urls[0]) continue
    if (typeof value === 'string') scalars[name] = text(value)
    else if (typeof value === 'number' || typeof value === 'boolean') scalars[name] = value
  }
  return scalars
}

function* urlsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    if (/^https?:\/\//.test(value)) yield value
  } else if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) yield* urlsOf(member)
  }
}
