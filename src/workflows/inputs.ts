import { accountAlias } from '../vod/account.js'
import type { StepDelays } from '../vod/delays.js'
import { type LibraryInput, type LibraryState, maxWindow } from '../vod/library.js'
import {
  fileIdPattern,
  fileNamePattern,
  keyPattern,
  ruleNamePattern,
  taskIdPattern,
} from '../vod/patterns.js'
import type { AdoptInput, StepInput } from '../vod/stepInput.js'
import type { SweepInput, SweepTimes } from '../vod/sweep.js'
import { longestMaxAgeMs, type UploadInput, type UploadMatch } from '../vod/upload.js'
import {
  all,
  type Check,
  exactly,
  type Fields,
  having,
  list,
  must,
  number,
  oneOf,
  optional,
  shallow,
  text,
  whole,
} from './check.js'

/* What each workflow is given. */

export const account = text('must be 1 to 32 lower-case letters, digits or hyphens', {
  most: 32,
  pattern: accountAlias,
})

const SubAppId = whole(
  "must be a whole number above 0; it is shown beside the application's name in the console",
  1,
)

const FileId = text('is not an id; give 1 to 64 characters without spaces', {
  most: 64,
  pattern: fileIdPattern,
})

const TaskId = text('is not the id of a task; give 1 to 200 characters without spaces', {
  most: 200,
  pattern: taskIdPattern,
})

/** Of something at Tencent. */
const someName = text('must be 1 to 1,000 characters; give a name', { most: 1_000 })

const isTrueOrFalse = oneOf('must be true or false', true, false)
const onPartial = oneOf('must be accept, fail or repair', 'accept', 'fail', 'repair')

/** Any text, also an empty one: VOD says what it takes. */
function anyText(words = 'must be a string'): Check {
  return all(
    must(words, (value) => typeof value === 'string'),
    must('has half of a character in it; give whole ones', (value) => String(value).isWellFormed()),
  )
}

const ms = number('must be a number of milliseconds from 0 to 400 days', 0, 400 * 24 * 60 * 60_000)
const waits = list('must be a list of at most 1,000 numbers of milliseconds', ms, 1_000)
const someWaits = all(
  waits,
  must('is empty; give at least one wait', (value) => (value as readonly unknown[]).length > 0),
)

const delays = exactly({
  looks: optional(waits),
  unlistedLooks: optional(waits),
  lookJitter: optional(number('must be from 0 to 0.5; it is a share, 0.1 by default', 0, 0.5)),
  crowded: optional(someWaits),
  polls: optional(someWaits),
  lag: optional(waits),
  refusals: optional(waits),
  listings: optional(someWaits),
  listingsGiveUp: optional(ms),
  overdue: optional(ms),
  giveUp: optional(ms),
  cancelGrace: optional(ms),
} satisfies Record<keyof StepDelays, Check>)

const key = text('is not 1 to 200 printable ASCII characters without spaces; give e.g. order-42', {
  most: 200,
  pattern: keyPattern,
})

/** What the workflow itself looks at. */
const requestFields: Fields = {
  SubAppId: optional(SubAppId),
  FileId: optional(anyText('must be a string; as a number it loses digits')),
  ...Object.fromEntries(
    ['ProcedureName', 'Procedure', 'MediaStoragePath', 'MediaName', 'MediaUrl', 'SessionContext'].map(
      (name) => [name, optional(anyText())],
    ),
  ),
}

const common = { account: optional(account), delays: optional(delays), SubAppId: optional(SubAppId) }
const { SubAppId: _, ...ofStep } = common

export const stepInput = exactly({
  ...ofStep,
  request: all(
    must(
      "missing; give { request: { ... } } with the action's own fields as the first argument",
      (request) => typeof request === 'object' && request !== null,
    ),
    shallow,
    having(requestFields),
  ),
  key: optional(key),
  idempotencyKey: optional(key),
  events: optional(isTrueOrFalse),
  onPartial: optional(onPartial),
  report: optional(someName),
} satisfies Record<keyof StepInput, Check>)

export const adoptInput = exactly({
  ...common,
  TaskId: all(
    must('missing; give { TaskId } as the first argument', (id) => typeof id === 'string' && id !== ''),
    TaskId,
  ),
} satisfies Record<keyof AdoptInput, Check>)

const matchFields = {
  namePrefix: optional(anyText()),
  storagePathPrefix: optional(anyText()),
  sourceContextPrefix: optional(anyText()),
  ClassIds: optional(list('must be whole numbers', whole('must be a whole number', Number.MIN_SAFE_INTEGER))),
  Categories: optional(list('must be a list, e.g. ["Video"]', anyText())),
} satisfies Record<keyof UploadMatch, Check>

const queueName = all(
  someName,
  must("is one of Temporal's own; give that of your worker", (name) => !String(name).startsWith('/_sys/')),
)

const work: Check = (given) =>
  exactly(
    Object.hasOwn(Object(given), 'workflowType')
      ? { workflowType: someName, taskQueue: queueName }
      : { ProcedureName: someName, onPartial: optional(onPartial) },
  )(given)

export const uploadInput = exactly({
  ...common,
  FileId,
  name: optional(
    text('is not a name; give 1 to 50 letters, digits, dots or hyphens', {
      most: 50,
      pattern: ruleNamePattern,
    }),
  ),
  match: optional(exactly(matchFields)),
  maxAgeMs: optional(
    whole(
      'must be milliseconds from a minute to 60 hours; a batch on a schedule finds what is older',
      60_000,
      longestMaxAgeMs,
    ),
  ),
  work: all(
    must('missing; give { FileId, work }', (given) => typeof given === 'object' && given !== null),
    work,
  ),
  events: optional(isTrueOrFalse),
  tasks: optional(list('must be at most 2 TaskIds', TaskId, 2)),
} satisfies Record<keyof UploadInput, Check>)

const source: Check = (given) => {
  const fields = Object(given) as Readonly<Record<string, unknown>>
  if (Object.hasOwn(fields, 'FileIds'))
    return exactly({ FileIds: list('must be at most 10,000 ids; give a file of ids', FileId, 10_000) })(given)
  if (Object.hasOwn(fields, 'file')) return exactly({ file })(given)
  if (Object.hasOwn(fields, 'search')) return exactly({ search: all(having({}), shallow) })(given)
  return { at: '', words: 'must have one of FileIds, file or search; give one' }
}

const file = text('is not a name; give that of a file in the idsFolder of the worker', {
  most: 200,
  pattern: fileNamePattern,
})

const tasks = whole('must be a whole number above 0; give the tasks that may be made', 1)

/** Of a batch, without its state. */
export const libraryInput = exactly({
  ...common,
  source,
  ProcedureName: someName,
  window: optional(whole(`must be 1 to ${maxWindow}; pause the batch to begin nothing`, 1, maxWindow)),
  TasksPriority: optional(whole('must be a whole number from -10 to 10', -10, 10)),
  onPartial: optional(onPartial),
  skipDone: optional(isTrueOrFalse),
  stopAtFailedPercent: optional(number('must be a percentage from 0 to 100', 0, 100)),
  maxTasks: optional(tasks),
  maxTasksPerDay: optional(tasks),
  dryRun: optional(isTrueOrFalse),
  events: optional(isTrueOrFalse),
} satisfies Record<Exclude<keyof LibraryInput, 'state'>, Check>)

const count = whole('must be a whole number from 0 on', 0)
const some = must('must be text', (value) => typeof value === 'string')
const object = having({})

/** The values of an object, whatever their names. */
function each(check: Check): Check {
  return (value) => object(value) ?? list('must be an object', check)(Object.values(Object(value)))
}

const countsOf = (...names: readonly string[]) =>
  having(Object.fromEntries(names.map((name) => [name, count])))

/** What a run of a batch hands to the next. Of another version it may have more. */
export const libraryState = having({
  template: having({
    TaskTypes: list('must be a list', some),
    outputs: list('must be a list', some),
    UpdateTime: some,
  }),
  cursor: optional(
    having({
      read: count,
      byte: optional(count),
      file: optional(some),
      after: optional(some),
      Offset: optional(count),
      seen: optional(list('must be a list', some)),
    }),
  ),
  total: optional(count),
  waiting: list('must be a list of FileIds', FileId),
  running: each(list('must be when and in which beat', number('must be a number', 0, 8.64e15), 2)),
  beats: count,
  early: each(object),
  counts: all(
    countsOf('read', 'started', 'skipped', 'missing', 'repeated', 'tasks'),
    having({ ended: each(count) }),
  ),
  failures: list('must be a list', having({ FileId: some, status: some, reason: some })),
  window: whole(`must be 1 to ${maxWindow}`, 1, maxWindow),
  paused: isTrueOrFalse,
  stopped: optional(some),
  day: having({
    date: some,
    tasks: number('must be a number', Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  }),
  meanMs: number('must be a number', 0, 8.64e15),
  startedAt: number('must be ms since the epoch', 0, 8.64e15),
} satisfies Record<keyof LibraryState, Check>)

/** VOD lists tasks for 72 hours: a sweep that reads more rarely would miss some. */
const time = optional(number('must be a number of milliseconds from 0 to 72 hours', 0, 72 * 60 * 60_000))
const moment = optional(number('must be ms since the epoch; leave it out', 0, 8.64e15))

export const sweepInput = exactly({
  account,
  SubAppId: common.SubAppId,
  times: optional(
    exactly({ interval: time, settle: time, overlap: time, whole: time } satisfies Record<
      keyof SweepTimes,
      Check
    >),
  ),
  watermark: moment,
  wholeAt: moment,
} satisfies Record<keyof SweepInput, Check>)

/** Temporal takes no longer id, in bytes; what is longer fails the workflow task again and again. */
export const maxIdBytes = 1_000

/** The id of an item's run is that of the batch and a FileId. */
export const maxBatchIdBytes = maxIdBytes - 65
