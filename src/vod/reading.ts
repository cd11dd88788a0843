import { taskKinds } from '../contract/actions.js'
import { type AskedResults, mostEqual } from '../contract/asked.js'
import { shrinkReading, verdictShare } from '../contract/fitOutcome.js'
import { isTaskId } from '../contract/hint.js'
import { bytesOf, distinct, filled, itemsOf, type Json, object, text, textOf } from '../contract/json.js'
import { fitVerdicts, suggestionOf } from '../contract/moderation.js'
import {
  type FlowTask,
  isTerminal,
  type ModerationVerdict,
  type PartStatus,
  type TaskPart,
  type TaskReading,
} from '../contract/outcome.js'
import { isFileId } from '../contract/patterns.js'
import { lackingIn, proofOf } from './proofs.js'
import {
  brokenSetsOf,
  errorOf,
  fileOf,
  hasFailed,
  hasMade,
  hasSubTasks,
  isErrorReadable,
  memberOf,
  newMediaOf,
  percentOf,
  type SubTask,
  subTaskHasFailed,
  subTasksOf,
  taskIn,
} from './taskShape.js'
import { verdictsOf } from './verdicts.js'

/** The largest reading, in UTF-8 bytes. Most steps have one or two tasks; `fitOutcome` cuts readings that are too large together. */
export const maxReadingBytes = 192 * 1024

const maxUrls = 200

export interface ReadingOptions {
  readonly maxBytes?: number | undefined
  /** The number of task flows that the request asked for on its new media. A reading that does not name them all is unknown. */
  readonly flows?: number | undefined
  /** The number of these flows with a Procedure task, if their templates were read. Default: all. */
  readonly procedureTasks?: number | undefined
  /** The results that the request asked for. A reading that shows fewer is unknown. */
  readonly asked?: AskedResults | undefined
}

/** Reduces a parsed `DescribeTaskDetail` answer to the reading that a run keeps. It is pure and never throws. */
export function toReading(
  TaskId: string,
  detail: Json,
  { maxBytes = maxReadingBytes, flows = 0, procedureTasks = flows, asked }: ReadingOptions = {},
): TaskReading {
  const TaskType = text(detail.TaskType)
  const Status = text(detail.Status)
  const task = taskIn(TaskType, detail)
  const made = newMediaOf(TaskType, task)
  const newFileIds = made.map(({ FileId }) => FileId).filter(isFileId)
  const newFileId = newFileIds.length === 1 ? newFileIds[0] : undefined
  const started = startedBy(task, newFileId)
  const ended = [...partsOf({ TaskType, Status, task, asked }), ...abortedIn(TaskType, Status, task)]
  const startsFlows =
    taskKinds[TaskType]?.makes !== undefined && ended.every(({ status }) => status !== 'failed')
  const complete = started.filter(({ namesAll }) => namesAll)
  const isNamed = complete.length >= flows && complete.filter(hasProcedure).length >= procedureTasks
  const lacksFlow = started.some(({ isOdd }) => isOdd) || (startsFlows && !isNamed)
  const parts = Status === 'FINISH' && lacksFlow ? [...ended, flowNotNamed] : ended
  const all = verdictsOf({ TaskType, Status, task, asked })
  const verdicts = fitVerdicts(all, maxBytes * verdictShare)
  const isCut = verdicts.length < all.length || parts.some((part) => part.urls.length >= maxUrls)
  const reading: TaskReading = {
    TaskId,
    TaskType,
    Status,
    ...filled({
      CreateTime: timeIn(detail.CreateTime),
      FinishTime: timeIn(detail.FinishTime),
      SessionId: text(task?.SessionId),
      FileId: [fileOf(task)].find(isFileId) ?? newFileId,
    }),
    ...(isTerminal(Status) ? {} : { percent: percentOf(task) ?? 0 }),
    parts,
    ...filled({ verdicts, newFileIds, started: started.flatMap(({ tasks }) => tasks) }),
    ...(isCut ? { truncated: true } : {}),
  }
  return shrinkReading(reading, maxBytes)
}

/** For a time that it does not know, VOD shows an empty text or one in the year 1. */
function timeIn(value: unknown): string | undefined {
  const time = text(value)
  return Date.parse(time) > 0 ? time : undefined
}

/** A task in a `DescribeTaskDetail` answer. */
interface ShownTask {
  readonly TaskType: string
  readonly Status: string
  readonly task: Json | undefined
  readonly asked: AskedResults | undefined
}

function partsOf({ TaskType, Status, task, asked }: ShownTask): TaskPart[] {
  if (Status === 'ABORTED') return [toPart(TaskType, 'aborted', task)]
  const hasEnded = Status === 'FINISH'
  if (task && hasSubTasks(TaskType, task)) {
    const subTasks = subTasksOf(task)
    const parts = partsIn(subTasks)
    if (!hasEnded) return parts
    const broken = brokenSetsOf(TaskType, task).map((set) => unknownPart(TaskType, `${set} is no list`))
    // A flow that ended without a sub-task did nothing. In most cases, VOD could not open the source.
    if (parts.length + broken.length === 0) return [toPart(TaskType, 'failed', task)]
    return [...parts, ...broken, ...missingOf(TaskType, withoutRepeated(subTasks, asked), asked)]
  }
  const status = wholeTaskStatus({ TaskType, Status, task, asked })
  const made = newMediaOf(TaskType, task)
  if (status === 'unknown' && hasEnded) return [toPart(TaskType, status, task, lackOf(TaskType, task))]
  if (status !== 'succeeded' || made.length === 0) return [toPart(TaskType, status, task)]
  const parts = made.map((Output) => {
    const isNamed = isFileId(Output.FileId)
    return toPart(TaskType, isNamed ? 'succeeded' : 'unknown', { Output }, 'FINISH without Output.FileId')
  })
  return [...parts, ...missingOf(TaskType, parts, asked)]
}

/**
 * Returns the parts of sub-tasks. Parts with the same Input lose it, because it is unknown which of them failed, or whether VOD shows one
 * of them twice.
 */
function partsIn(subTasks: readonly SubTask[]): TaskPart[] {
  const inputs = subTasks.map(({ Type, result }) => JSON.stringify([Type, result?.Input]))
  return subTasks.map((subTask, index) => {
    const { Input, ...part } = partOf(subTask)
    const isAlone = inputs.every((input, other) => other === index || input !== inputs[index])
    return Input && isAlone ? { ...part, Input } : part
  })
}

/** Equal results count once for each time that the request asks for them. An answer that repeats one more often may lack another. */
function withoutRepeated(subTasks: readonly SubTask[], asked: AskedResults | undefined): SubTask[] {
  const seen = new Map<string, number>()
  return subTasks.filter((subTask) => {
    const { Type, result } = subTask
    if (result?.Status !== 'SUCCESS') return true
    const key = JSON.stringify(subTask)
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    return count <= mostEqual(asked, Type, object(result.Input))
  })
}

/** VOD shows the status of a task twice. If the two contradict each other, the result of the task is unknown. */
function abortedIn(TaskType: string, Status: string, task: Json | undefined): TaskPart[] {
  if (Status !== 'FINISH' || task?.Status !== 'ABORTED') return []
  return [unknownPart(TaskType, `FINISH, but ${memberOf(TaskType)} is ABORTED`)]
}

/** Returns an unknown part for each result that was asked for and is not shown. */
function missingOf(
  TaskType: string,
  shown: readonly { readonly Type: string; readonly set?: string }[],
  asked: AskedResults | undefined,
): TaskPart[] {
  if (asked?.TaskType !== TaskType) return []
  return Object.entries(asked.results).flatMap(([kind, count]) => {
    const missing = count - shown.filter(({ Type, set }) => kind === Type || kind === set).length
    const Message = 'it was asked for and is not shown'
    return Array.from({ length: Math.max(0, missing) }, () => unknownPart(kind, Message))
  })
}

/** The tasks of one flow that a task started on its new media. */
interface StartedFlow {
  readonly tasks: readonly FlowTask[]
  /** VOD names a task of each kind, or `""` if there is none. */
  readonly namesAll: boolean
  /** VOD names a task with an id that it cannot have made. */
  readonly isOdd: boolean
}

/** @param newFileId - the new media file, if there is only one */
function startedBy(task: Json | undefined, newFileId: string | undefined): StartedFlow[] {
  const { ProcedureTaskIds } = object(task?.Output) ?? {}
  const ids = Array.isArray(ProcedureTaskIds) ? ProcedureTaskIds : []
  const flows = [
    startedFlow(task, newFileId),
    ...itemsOf(task?.FileInfoSet).map((item) => startedFlow(item, object(item.Output)?.FileId)),
    ...ids.map((ProcedureTaskId) => startedFlow({ ProcedureTaskId }, newFileId)),
  ].filter(({ tasks, isOdd }) => tasks.length > 0 || isOdd)
  return distinct(flows, ({ tasks }) => JSON.stringify(tasks.map(({ TaskId }) => TaskId)))
}

function startedFlow(place: Json | undefined, newFile: unknown): StartedFlow {
  const { ProcedureTaskId, ReviewAudioVideoTaskId } = place ?? {}
  const FileId = isFileId(newFile) ? newFile : undefined
  const ids = [ProcedureTaskId, ReviewAudioVideoTaskId]
  return {
    tasks: [
      ...startedTask('Procedure', ProcedureTaskId, FileId),
      ...startedTask('ReviewAudioVideo', ReviewAudioVideoTaskId, FileId),
    ],
    namesAll: ids.every((id) => id === '' || isTaskId(id)),
    isOdd: ids.some((id) => textOf(id) !== '' && !isTaskId(id)),
  }
}

function hasProcedure({ tasks }: StartedFlow): boolean {
  return tasks.some(({ TaskType }) => TaskType === 'Procedure')
}

function startedTask(TaskType: string, TaskId: unknown, FileId: string | undefined): FlowTask[] {
  return isTaskId(TaskId) ? [{ TaskType, TaskId, ...filled({ FileId }) }] : []
}

function unknownPart(Type: string, Message: string): TaskPart {
  return { Type, status: 'unknown', Message, Output: {}, urls: [] }
}

const flowNotNamed = unknownPart(
  'Procedure',
  'the task flow that was asked for is not named by ProcedureTaskId and ReviewAudioVideoTaskId',
)

/** SUCCESS counts only with an empty ErrCodeExt (Tencent keeps ErrCode for old clients) and with its output. */
function partOf({ Type, set, result, lacks }: SubTask): TaskPart {
  if (lacks !== undefined) return toPart(Type, 'unknown', result, `without ${lacks}`)
  if (result?.Status === 'FAIL') return toPart(Type, 'failed', result)
  if (result?.Status !== 'SUCCESS') return toPart(Type, 'unknown', result)
  if (subTaskHasFailed(result)) return toPart(Type, 'failed', result)
  const lacking = isErrorReadable(result) ? lackingIn(result.Output, Type, set) : 'ErrCodeExt'
  if (lacking !== undefined) return toPart(Type, 'unknown', result, `SUCCESS without ${lacking}`)
  return toPart(Type, 'succeeded', result)
}

/** A task without sub-tasks has no SUCCESS or FAIL, so its error members and its output decide. */
function wholeTaskStatus({ TaskType, Status, task, asked }: ShownTask): PartStatus {
  if (Status !== 'FINISH' || !task || !isErrorReadable(task)) return 'unknown'
  if (hasFailed(task)) return 'failed'
  if (TaskType === 'ReviewAudioVideo')
    return isJudged(verdictsOf({ TaskType, Status, task, asked })) ? 'succeeded' : 'unknown'
  if (TaskType === 'ImportMediaKnowledge') return task.ErrCode === 0 ? 'succeeded' : 'unknown'
  const made = taskKinds[TaskType]?.makes ? newMediaOf(TaskType, task).length > 0 : hasMade(task)
  return made ? 'succeeded' : 'unknown'
}

/** A cover may have no verdict, because media may have no cover. The film always has one if it was asked for. */
function isJudged(verdicts: readonly ModerationVerdict[]): boolean {
  const isMissing = (verdict: ModerationVerdict) =>
    verdict.of === 'Media' && suggestionOf(verdict) === undefined
  return verdicts.some(suggestionOf) && !verdicts.some(isMissing)
}

/** Names the member that an ended task lacks. */
function lackOf(TaskType: string, task: Json | undefined): string {
  if (!task) return `FINISH without ${memberOf(TaskType)}`
  return `FINISH without ${isErrorReadable(task) ? proofOf(TaskType) : 'ErrCodeExt'}`
}

/** Returns one part of a task or of a media file. `lack` says why it has not succeeded, if VOD's own message does not. */
export function toPart(
  Type: string,
  status: PartStatus,
  result: Json | undefined,
  lack = text(result?.Message),
): TaskPart {
  const Output = object(result?.Output) ?? {}
  const Definition = object(result?.Input)?.Definition ?? Output.Definition
  const urls = [...urlsOf(Output)]
  return {
    Type,
    status,
    ...(typeof Definition === 'number' ? { Definition } : {}),
    ...filled({ ErrCodeExt: errorOf(result), Message: status === 'succeeded' ? '' : lack }),
    Output: { ...scalarsOf(Output, { Definition, urls }), ...codecsOf(Output) },
    urls: urls.slice(0, maxUrls),
    ...(status === 'failed' ? inputOf(result) : {}),
  }
}

/** The longest Input that is kept. A part with a longer one (e.g. ten watermarks with all their options) cannot be repaired. */
const maxInputBytes = 4_000

function inputOf(result: Json | undefined): { Input?: Json } {
  const Input = object(result?.Input)
  return Input && bytesOf(Input) <= maxInputBytes ? { Input } : {}
}

/** Omits values that the part already contains. Several URLs stay, each under its name. */
function scalarsOf(
  output: Json,
  { Definition, urls }: { readonly Definition: unknown; readonly urls: readonly string[] },
): TaskPart['Output'] {
  const scalars: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(output)) {
    if (name === 'Definition' && value === Definition) continue
    if (urls.length === 1 && value === urls[0]) continue
    if (typeof value === 'string') scalars[name] = text(value)
    else if (typeof value === 'number' || typeof value === 'boolean') scalars[name] = value
  }
  return scalars
}

/** VOD names the codecs only in the lists of streams, of which a reading keeps nothing else. */
function codecsOf({ VideoStreamSet, AudioStreamSet }: Json): { VideoCodec?: string; AudioCodec?: string } {
  const codecOf = (streams: unknown) => text(itemsOf(streams)[0]?.Codec)
  return filled({ VideoCodec: codecOf(VideoStreamSet), AudioCodec: codecOf(AudioStreamSet) })
}

function* urlsOf(value: unknown): Generator<string> {
  if (typeof value === 'string') {
    if (/^https?:\/\//.test(value)) yield value
  } else if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) yield* urlsOf(member)
  }
}
