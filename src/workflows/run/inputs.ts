import type { BatchInput, BatchState } from '../../contract/batch.js'
import type { StepDelays } from '../../contract/delays.js'
import {
  accountRule,
  anyTextRule,
  categoriesWords,
  classIdRule,
  fileIdRule,
  fileNameRule,
  flagWords,
  keyRule,
  listedIdsWords,
  lookJitterRule,
  maxAgeRule,
  maxListedIds,
  maxUploadTasks,
  maxWaits,
  msRule,
  noWaitsWords,
  onFailureValues,
  onFailureWords,
  onPartialValues,
  onPartialWords,
  percentageRule,
  placeRule,
  priorityRule,
  queueNameRule,
  requestTexts,
  ruleNameRule,
  searchFieldWords,
  sourceWords,
  subAppIdRule,
  taskBudgetRule,
  taskIdRule,
  templateNameRule,
  temporalNameRule,
  uploadTasksWords,
  waitsWords,
  windowRule,
} from '../../contract/patterns.js'
import type { AdoptInput, StepInput } from '../../contract/stepInput.js'
import type { SweepInput, SweepTimes } from '../../contract/sweep.js'
import type { UploadInput, UploadMatch } from '../../contract/upload.js'
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

export const account = text(accountRule)
const SubAppId = whole(subAppIdRule)
const FileId = text(fileIdRule)
const TaskId = text(taskIdRule)
const templateName = text(templateNameRule)
const anyText = text(anyTextRule)
const isTrueOrFalse = oneOf(flagWords, true, false)
const onPartial = oneOf(onPartialWords, ...onPartialValues)
const onFailure = oneOf(onFailureWords, ...onFailureValues)

const ms = number(msRule)
const waits = list(waitsWords, ms, maxWaits)
const someWaits = all(
  waits,
  must(noWaitsWords, (value) => (value as readonly unknown[]).length > 0),
)

const delays = exactly({
  looks: optional(waits),
  unlistedLooks: optional(waits),
  lookJitter: optional(number(lookJitterRule)),
  crowded: optional(someWaits),
  polls: optional(someWaits),
  lag: optional(waits),
  refusals: optional(waits),
  listings: optional(someWaits),
  listingsGiveUp: optional(ms),
  overdue: optional(ms),
  giveUp: optional(ms),
  cancelGrace: optional(ms),
  uploadTasks: optional(ms),
} satisfies Record<keyof StepDelays, Check>)

const key = text(keyRule)

/** What the workflow itself looks at. The submit activity parses the rest. */
const requestFields: Fields = {
  SubAppId: optional(SubAppId),
  FileId: optional(anyText),
  ...Object.fromEntries(requestTexts.map((name) => [name, optional(anyText)])),
}

const ofStep = { account: optional(account), delays: optional(delays) }
const common = { ...ofStep, SubAppId: optional(SubAppId) }

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
  onFailure: optional(onFailure),
  report: optional(text(temporalNameRule)),
} satisfies Record<keyof StepInput, Check>)

export const adoptInput = exactly({
  ...common,
  onPartial: optional(oneOf('must be accept or fail', 'accept', 'fail')),
  onFailure: optional(onFailure),
  TaskId: all(
    must('missing; give { TaskId } as the first argument', (id) => typeof id === 'string' && id !== ''),
    TaskId,
  ),
} satisfies Record<keyof AdoptInput, Check>)

const matchFields = {
  namePrefix: optional(anyText),
  storagePathPrefix: optional(anyText),
  sourceContextPrefix: optional(anyText),
  ClassIds: optional(list('must be a list of whole numbers', whole(classIdRule))),
  Categories: optional(
    all(
      list(categoriesWords, anyText),
      must(categoriesWords, (value) => (value as readonly unknown[]).length > 0),
    ),
  ),
} satisfies Record<keyof UploadMatch, Check>

const work: Check = (given) =>
  exactly(
    Object.hasOwn(Object(given), 'workflowType')
      ? { workflowType: text(temporalNameRule), taskQueue: text(queueNameRule) }
      : { ProcedureName: templateName, onPartial: optional(onPartial) },
  )(given)

export const uploadInput = exactly({
  ...common,
  FileId,
  name: optional(text(ruleNameRule)),
  match: optional(exactly(matchFields)),
  maxAgeMs: optional(whole(maxAgeRule)),
  work: all(
    must('missing; give { FileId, work }', (given) => typeof given === 'object' && given !== null),
    work,
  ),
  events: optional(isTrueOrFalse),
  tasks: optional(list(uploadTasksWords, TaskId, maxUploadTasks)),
} satisfies Record<keyof UploadInput, Check>)

const source: Check = (given) => {
  const fields = Object(given) as Readonly<Record<string, unknown>>
  if (Object.hasOwn(fields, 'FileIds'))
    return exactly({ FileIds: list(listedIdsWords, FileId, maxListedIds) })(given)
  if (Object.hasOwn(fields, 'file')) return exactly({ file: text(fileNameRule) })(given)
  if (Object.hasOwn(fields, 'search'))
    return exactly({ search: all(having({}), searchFields, shallow) })(given)
  return { at: '', words: sourceWords }
}

const searchFields: Check = (given) => {
  const field = Object.keys(searchFieldWords).find((name) => Object.hasOwn(Object(given), name))
  return field === undefined ? undefined : { at: field, words: searchFieldWords[field] ?? '' }
}

const tasks = whole(taskBudgetRule)

/** The input of a batch, without its state. */
export const batchInput = exactly({
  ...common,
  source,
  ProcedureName: templateName,
  window: optional(whole(windowRule)),
  TasksPriority: optional(whole(priorityRule)),
  onPartial: optional(onPartial),
  skipDone: optional(isTrueOrFalse),
  stopAtFailedPercent: optional(number(percentageRule)),
  maxTasks: optional(tasks),
  maxTasksPerDay: optional(tasks),
  dryRun: optional(isTrueOrFalse),
  events: optional(isTrueOrFalse),
} satisfies Record<Exclude<keyof BatchInput, 'state'>, Check>)

const count = whole(placeRule)
const someText = must('must be text', (value) => typeof value === 'string')
const anyObject = having({})
/** The latest time that a Date can have, ms since the epoch. */
const maxTime = 8.64e15
const atLeastZero = number({ least: 0, most: maxTime, words: 'must be a number from 0 on' })

/** The values of an object, whatever their names. */
function valuesOf(check: Check): Check {
  return (value) => anyObject(value) ?? list('must be an object', check)(Object.values(Object(value)))
}

const countsOf = (...names: readonly string[]) =>
  having(Object.fromEntries(names.map((name) => [name, count])))

/** What a run of a batch hands to the next. Of another version it may have more. */
export const batchState = having({
  template: having({
    TaskTypes: list('must be a list', someText),
    outputs: list('must be a list', someText),
    UpdateTime: someText,
  }),
  cursor: optional(
    having({
      read: count,
      byte: optional(count),
      file: optional(someText),
      after: optional(someText),
      Offset: optional(count),
      seen: optional(list('must be a list', someText)),
    }),
  ),
  total: optional(count),
  waiting: list('must be a list of FileIds', FileId),
  running: valuesOf(list('must be when and in which beat', atLeastZero, 2)),
  beats: count,
  early: valuesOf(anyObject),
  counts: all(
    countsOf('read', 'started', 'skipped', 'missing', 'repeated', 'tasks'),
    having({ ended: valuesOf(count) }),
  ),
  failures: list('must be a list', having({ FileId: someText, status: someText, reason: someText })),
  window: whole(windowRule),
  paused: isTrueOrFalse,
  stopped: optional(someText),
  day: having({
    date: someText,
    tasks: number({ ...classIdRule, words: 'must be a number' }),
  }),
  meanMs: atLeastZero,
  startedAt: atLeastZero,
} satisfies Record<keyof BatchState, Check>)

/** VOD lists tasks for 72 hours: a sweep that reads more rarely would miss some. */
const sweepTime = optional(
  number({ least: 0, most: 72 * 60 * 60_000, words: 'must be a number of milliseconds from 0 to 72 hours' }),
)
const watermark = optional(
  number({ least: 0, most: maxTime, words: 'must be ms since the epoch; leave it out' }),
)

export const sweepInput = exactly({
  account,
  SubAppId: common.SubAppId,
  times: optional(
    exactly({ interval: sweepTime, settle: sweepTime, overlap: sweepTime, whole: sweepTime } satisfies Record<
      keyof SweepTimes,
      Check
    >),
  ),
  watermark,
  wholeAt: watermark,
} satisfies Record<keyof SweepInput, Check>)

/** Temporal takes no longer id, in bytes; what is longer fails the workflow task again and again. */
export const maxIdBytes = 1_000

/** The id of an item's run is that of the batch and a FileId. */
export const maxBatchIdBytes = maxIdBytes - 65
