import { taskKinds } from '../contract/actions.js'
import { distinct, isName, itemsOf, type Json, object, text } from '../contract/json.js'
import { isFileId } from '../contract/patterns.js'

/*
 * The shape of a task in a `DescribeTaskDetail` answer. The API page "DescribeTaskDetail" lists the members of each type. A task of an
 * unknown type is read by its shape: the only member that is present, its error members, and its members other than the input.
 */

/** Returns the member of a detail that holds a task of this type. */
export function memberOf(TaskType: string): string {
  return taskKinds[TaskType]?.detail ?? `${TaskType}Task`
}

/** Returns the task in a detail. Every member other than that of its type is null. */
export function taskIn(TaskType: string, detail: Json): Json | undefined {
  if (taskKinds[TaskType]) return object(detail[memberOf(TaskType)])
  const named = object(detail[`${TaskType}Task`]) ?? object(detail[TaskType])
  if (named) return named
  const [only, ...others] = Object.values(detail).filter((member) => object(member) !== undefined)
  return others.length === 0 ? object(only) : undefined
}

/** Returns the media file that a task is about, or an empty text. */
export function fileOf(task: Json | undefined): string {
  return text(task?.FileId) || text(object(task?.Input)?.FileId)
}

/** One sub-task of a task. */
export interface SubTask {
  readonly Type: string
  /** The set that contains it. */
  readonly set: string
  readonly result: Json | undefined
  /** The member that its item lacks, so its result is unknown. */
  readonly lacks?: string
}

/** Returns true if a task consists of sub-tasks, in sets such as `MediaProcessResultSet` or `SubTaskSet`. */
export function hasSubTasks(TaskType: string, task: Json): boolean {
  return TaskType === 'Procedure' || setsOf(task).length > 0
}

/** Returns every sub-task in every set, including sets that VOD may add later. */
export function subTasksOf(task: Json | undefined): SubTask[] {
  return setsOf(task).flatMap(([set, items]) => items.map((item) => subTaskIn(set, item)))
}

function subTaskIn(set: string, item: Json): SubTask {
  if (typeof item.Status === 'string') return { Type: text(item.TaskType) || set, set, result: item }
  const results = Object.values(item)
    .map(object)
    .filter((member) => typeof member?.Status === 'string')
  const Type = text(item.Type)
  const result = results.length === 1 ? results[0] : undefined
  if (!result) return { Type: Type || set, set, result, lacks: 'its result' }
  return Type === '' ? { Type: set, set, result, lacks: 'Type' } : { Type, set, result }
}

/** Returns the sets that are not lists, whose content is unknown. VOD may omit an empty set or write it as null. */
export function brokenSetsOf(TaskType: string, task: Json): string[] {
  const broken = Object.entries(task).filter(
    ([name, set]) => isSetName(name) && !Array.isArray(set) && set !== null && set !== undefined,
  )
  const main = TaskType === 'Procedure' && !Array.isArray(task[mainSet]) ? [mainSet] : []
  return [...new Set([...main, ...broken.map(([name]) => name)])]
}

/** The set that every task flow has, even if it is empty. */
const mainSet = 'MediaProcessResultSet'

function isSetName(name: string): boolean {
  return name.endsWith('ResultSet') || name === 'SubTaskSet'
}

/** Returns the mean progress of the sub-tasks, 0 to 100, or undefined without sub-tasks. Real bodies have a SUCCESS with `Progress: 0`. */
export function percentOf(task: Json | undefined): number | undefined {
  const all = subTasksOf(task).flatMap(({ result }) => (result ? percentOfOne(result) : []))
  if (all.length === 0) return undefined
  return Math.round(all.reduce((sum, percent) => sum + percent, 0) / all.length)
}

/** Returns an empty list if the progress is not a percentage. */
function percentOfOne({ Status, Progress }: Json): number[] {
  if (Status === 'SUCCESS' || Status === 'FAIL') return [100]
  if (typeof Progress !== 'number') return [0]
  return Progress >= 0 && Progress <= 100 ? [Progress] : []
}

function setsOf(task: Json | undefined): [string, Json[]][] {
  return Object.entries(task ?? {})
    .filter(([name, set]) => isSetName(name) && Array.isArray(set))
    .map(([name, set]) => [name, (set as unknown[]).map((item) => object(item) ?? {})])
}

/** Tencent's own samples have an `ErrCodeExt` of "SUCCESS" in addition to the empty one that the documentation names. */
export function errorOf(result: Json | undefined): string {
  const code = text(result?.ErrCodeExt).trim()
  return /^success$/i.test(code) ? '' : code
}

/** Returns true if `ErrCodeExt` can be read. Older samples have none. */
export function isErrorReadable({ ErrCodeExt }: Json): boolean {
  return ErrCodeExt === undefined || ErrCodeExt === null || typeof ErrCodeExt === 'string'
}

/** For a sub-task, `ErrCode` counts only without an `ErrCodeExt` (Tencent keeps it for old clients). */
export function subTaskHasFailed(result: Json): boolean {
  return errorOf(result) !== '' || (typeof result.ErrCodeExt !== 'string' && hasFailed(result))
}

/** Returns true if the error members report a failure. Some types have an `ErrCode` that is a text. */
export function hasFailed(result: Json | undefined): boolean {
  const { ErrCode } = result ?? {}
  if (errorOf(result) !== '') return true
  if (typeof ErrCode === 'string') return ErrCode !== '' && !/^(0|success)$/i.test(ErrCode)
  return typeof ErrCode === 'number' && ErrCode !== 0
}

/** Returns the media that a task made, as its detail describes them. */
export function newMediaOf(TaskType: string, task: Json | undefined): Json[] {
  const Output = object(task?.Output)
  switch (taskKinds[TaskType]?.makes) {
    case 'itself': {
      const { FileId, FileUrl } = task ?? {}
      return !isFileId(FileId) ? [] : [{ FileId, FileUrl }]
    }
    case 'Output':
      return withFileId([Output])
    case 'FileInfoSet':
      return distinct(
        listOf(task?.FileInfoSet).map((item) => object(object(item)?.Output) ?? {}),
        ({ FileId }) => (isFileId(FileId) ? FileId : undefined),
      )
    case undefined:
      if (taskKinds[TaskType]) return []
      return withFileId([
        Output,
        object(Output?.FileInfo),
        ...itemsOf(Output?.FileInfos),
        object(task?.FileInfo),
        ...itemsOf(task?.FileInfoSet),
      ])
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function withFileId(media: readonly (Json | undefined)[]): Json[] {
  return media.flatMap((each) => (each && isFileId(each.FileId) ? [each] : []))
}

/** The members that every task has, and the members of its input. */
const notMade: readonly string[] = [
  ...['TaskId', 'TaskType', 'Type', 'Status', 'Progress', 'ErrCode', 'ErrCodeExt', 'Message', 'SessionId'],
  ...[
    'SessionContext',
    'TasksPriority',
    'TasksNotifyMode',
    'Operator',
    'OperationType',
    'Input',
    'InputInfo',
  ],
  ...['FileId', 'FileName', 'FileUrl', 'SrcFileId', 'Definition', 'SourceDefinition', 'MetaData', 'Duration'],
  'ExtractBlindWatermarkConfig',
]

/** Returns true if a task whose type makes no media, or is unknown, has made something and none of its items has failed. */
export function hasMade(task: Json): boolean {
  const made = Object.entries(task).filter(([name, value]) => !notMade.includes(name) && !isEmpty(value))
  return made.length > 0 && made.every(([, value]) => !itemsOf(value).some(hasFailed))
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true
  if (typeof value === 'string') return !isName(value)
  return typeof value === 'object' && Object.values(value).every(isEmpty)
}
