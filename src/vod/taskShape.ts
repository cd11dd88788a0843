import { taskKinds } from '../contract/actions.js'
import { itemsOf, type Json, object, text } from '../contract/json.js'

/*
 * How VOD writes down a task in `DescribeTaskDetail`: "DescribeTaskDetail" lists the members of each type. Types that are not here are
 * read by their shape: the one member that is there, its error members, and what it has besides its input.
 */

/** The task in a detail: VOD leaves every member null but that of its type. */
export function taskIn(TaskType: string, detail: Json): Json | undefined {
  const kind = taskKinds[TaskType]
  if (kind) return object(detail[kind.detail ?? `${TaskType}Task`])
  const named = object(detail[`${TaskType}Task`]) ?? object(detail[TaskType])
  if (named) return named
  const [only, ...others] = Object.values(detail).filter((member) => object(member) !== undefined)
  return others.length === 0 ? object(only) : undefined
}

/** One sub-task of a task. */
export interface SubTask {
  readonly Type: string
  readonly result: Json | undefined
}

/** Whether a task is a list of sub-tasks: `MediaProcessResultSet` and its kind, `SubTaskSet`. */
export function hasSubTasks(TaskType: string, task: Json): boolean {
  return TaskType === 'Procedure' || setsOf(task).length > 0
}

/** Every sub-task in every set, also in sets that did not exist when this was written. */
export function subTasksOf(task: Json | undefined): SubTask[] {
  return setsOf(task).flatMap(([name, items]) =>
    items.map((item) => {
      if (typeof item.Status === 'string') return { Type: text(item.TaskType) || name, result: item }
      const results = Object.values(item)
        .map(object)
        .filter((member) => typeof member?.Status === 'string')
      return { Type: text(item.Type) || name, result: results.length === 1 ? results[0] : undefined }
    }),
  )
}

/** Mean progress of the sub-tasks, 0 to 100; undefined without sub-tasks. Real bodies have a SUCCESS with `Progress: 0`. */
export function percentOf(task: Json | undefined): number | undefined {
  const all = subTasksOf(task).flatMap(({ result }) => (result ? percentOfOne(result) : []))
  if (all.length === 0) return undefined
  return Math.round(all.reduce((sum, percent) => sum + percent, 0) / all.length)
}

/** None where it says what is no percentage. */
function percentOfOne({ Status, Progress }: Json): number[] {
  if (Status === 'SUCCESS' || Status === 'FAIL') return [100]
  if (typeof Progress !== 'number') return [0]
  return Progress >= 0 && Progress <= 100 ? [Progress] : []
}

function setsOf(task: Json | undefined): [string, Json[]][] {
  return Object.entries(task ?? {})
    .filter(([name, set]) => (name.endsWith('ResultSet') || name === 'SubTaskSet') && Array.isArray(set))
    .map(([name, set]) => [name, (set as unknown[]).map((item) => object(item) ?? {})])
}

/** Tencent's own samples have an `ErrCodeExt` of "SUCCESS" beside the empty one that the documentation names. */
export function errorOf(result: Json | undefined): string {
  const code = text(result?.ErrCodeExt)
  return /^success$/i.test(code) ? '' : code
}

/** The error members say that it failed. `ErrCode` is a text in some types. */
export function hasFailed(result: Json | undefined): boolean {
  const { ErrCode } = result ?? {}
  if (errorOf(result) !== '') return true
  if (typeof ErrCode === 'string') return ErrCode !== '' && !/^(0|success)$/i.test(ErrCode)
  return typeof ErrCode === 'number' && ErrCode !== 0
}

/** The media that a task made, as its detail describes them. */
export function newMediaOf(TaskType: string, task: Json | undefined): Json[] {
  const Output = object(task?.Output)
  switch (taskKinds[TaskType]?.makes) {
    case 'itself': {
      const { FileId, FileUrl } = task ?? {}
      return text(FileId) === '' ? [] : [{ FileId, FileUrl }]
    }
    case 'Output':
      return withFileId([Output])
    case 'FileInfoSet':
      return itemsOf(task?.FileInfoSet).map((item) => object(item.Output) ?? {})
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

function withFileId(media: readonly (Json | undefined)[]): Json[] {
  return media.flatMap((each) => (each && text(each.FileId) !== '' ? [each] : []))
}

/** What every task has, and what it was given. */
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

/** A task of a type that is not known here has made something, and every item of it is good. */
export function hasMade(task: Json): boolean {
  const made = Object.entries(task).filter(([name, value]) => !notMade.includes(name) && !isEmpty(value))
  return made.length > 0 && made.every(([, value]) => !itemsOf(value).some(hasFailed))
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  return typeof value === 'object' && Object.values(value).every(isEmpty)
}
