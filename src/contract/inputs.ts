import type {
  BatchControl,
  BatchCounts,
  BatchFailure,
  BatchInput,
  BatchSource,
  BatchState,
  BatchTemplate,
  Cursor,
  ItemStatus,
} from './batch.js'
import type { IdsPage } from './batchActivities.js'
import {
  type AnyCheck,
  anything,
  atMost,
  byField,
  type Check,
  duration,
  exactly,
  type Fields,
  flag,
  having,
  type ListRule,
  list,
  number,
  oneOf,
  optional,
  otherThan,
  plainJson,
  spelling,
  type TextRule,
  text,
  under,
  whole,
} from './check.js'
import type { StepDelays } from './delays.js'
import { type DecideOptions, decisionValues } from './gates.js'
import * as rules from './patterns.js'
import { reservedProblem } from './queues.js'
import type { AdoptInput, ReportsToBatch, StepInput } from './stepInput.js'
import type { SweepInput, SweepTimes } from './sweep.js'
import type {
  AnnouncedUpload,
  UploadDelays,
  UploadInput,
  UploadMatch,
  UploadRuleInput,
  UploadWork,
} from './upload.js'

/* Checks of the inputs of workflows and activities. Clients, workflows and activities share them. */

export const account = text(rules.accountRule)
const SubAppId = whole(rules.subAppIdRule)
export const FileId = text(rules.fileIdRule)
const TaskId = text(rules.taskIdRule)
const templateName = text(rules.templateNameRule)
const anyText = text(rules.anyTextRule)
export const ownText = text(rules.ownTextRule)
const key = text(rules.keyRule)
const onPartial = oneOf(rules.onPartialValues)
const onFailure = oneOf(rules.onFailureValues)
const time = duration(rules.durationRule)
const waits = list(time, rules.waitsRule)
const someWaits = list(time, rules.someWaitsRule)
const app = { account: optional(account), SubAppId: optional(SubAppId) }

const ofDelays: Fields<StepDelays> = {
  looks: optional(waits),
  unlistedLooks: optional(waits),
  lookJitter: optional(number(rules.lookJitterRule)),
  crowded: optional(someWaits),
  polls: optional(someWaits),
  lag: optional(waits),
  refusals: optional(waits),
  listings: optional(someWaits),
  listingsGiveUp: optional(time),
  overdue: optional(time),
  giveUp: optional(time),
  cancelGrace: optional(time),
}
const delays = exactly<StepDelays>(ofDelays)

/** @param request - the check of the action's request */
export function stepInputWith(request: Check<StepInput['request']>): Check<StepInput & ReportsToBatch> {
  return exactly<StepInput & ReportsToBatch>(
    {
      request,
      account: app.account,
      key: optional(key),
      idempotencyKey: optional(key),
      callbacks: optional(flag),
      onPartial: optional(onPartial),
      onFailure: optional(onFailure),
      report: optional(text(rules.temporalNameRule)),
      delays: optional(delays),
    },
    passRequest,
  )
}

const passRequest = "pass { request: { ... } } with the action's own fields as the first argument"

type ReadText =
  | 'FileId'
  | 'MediaName'
  | 'MediaStoragePath'
  | 'MediaUrl'
  | 'Procedure'
  | 'ProcedureName'
  | 'SessionContext'

const readByWorkflows = having<{ readonly SubAppId?: number } & { readonly [K in ReadText]?: string }>(
  {
    SubAppId: app.SubAppId,
    FileId: optional(anyText),
    MediaName: optional(anyText),
    MediaStoragePath: optional(anyText),
    MediaUrl: optional(anyText),
    Procedure: optional(anyText),
    ProcedureName: optional(anyText),
    SessionContext: optional(anyText),
  },
  passRequest,
)

/** Checks the fields that vodflow itself reads in the request of any action. */
export const readOfRequest: Check<StepInput['request']> = function* (value) {
  yield* readByWorkflows(value)
  yield* plainJson(value)
}

/** The check of a workflow, which covers only the fields that it reads. The submit activity checks the whole request. */
export const stepInput = stepInputWith(readOfRequest)

export const adoptInput = exactly<AdoptInput>(
  {
    ...app,
    TaskId,
    onPartial: optional(oneOf(['accept', 'fail'] as const)),
    onFailure: optional(onFailure),
    delays: optional(delays),
  },
  'pass { TaskId } as the first argument',
)

/** The task queue of a workflow that vodflow does not have. */
const otherQueue: Check<string> = function* (value) {
  yield* text(rules.queueNameRule)(value)
  const reserved = typeof value === 'string' ? reservedProblem(value) : undefined
  if (reserved) yield { field: '', ...reserved }
}

const work: Check<UploadWork> = byField(
  {
    workflowType: exactly<Extract<UploadWork, { workflowType: string }>>({
      workflowType: text(rules.temporalNameRule),
      taskQueue: otherQueue,
    }),
    ProcedureName: exactly<Extract<UploadWork, { ProcedureName: string }>>({
      ProcedureName: templateName,
      onPartial: optional(onPartial),
    }),
  },
  'pass { ProcedureName }, or { workflowType, taskQueue }',
)

const ofRule: Fields<UploadRuleInput> = {
  ...app,
  name: optional(text(rules.ruleNameRule)),
  match: optional(
    exactly<UploadMatch>({
      namePrefix: optional(anyText),
      storagePathPrefix: optional(anyText),
      sourceContextPrefix: optional(anyText),
      ClassIds: optional(list(whole(rules.classIdRule), rules.classIdsRule)),
      Categories: optional(list(oneOf(['Video', 'Audio', 'Image']), rules.categoriesRule)),
    }),
  ),
  maxAge: optional(duration(rules.maxAgeRule)),
  work,
  callbacks: optional(flag),
  delays: optional(exactly<UploadDelays>({ ...ofDelays, uploadTasks: optional(time) })),
}

const ofUpload: Fields<UploadInput> = {
  ...ofRule,
  FileId,
  tasks: optional(list(TaskId, rules.uploadTasksRule)),
}

export const uploadRule = exactly<UploadRuleInput>(ofRule, 'pass { work }')
export const uploadInput = exactly<UploadInput>(ofUpload, 'pass { FileId, work }')
export const announcedUpload = exactly<AnnouncedUpload>({ ...ofUpload, announcedAt: number(rules.timeRule) })

type InFolder = Extract<BatchSource, { file: string }>
type SearchSource = Extract<BatchSource, { search: object }>

/** The conditions of VOD's "SearchMedia" but for the spans of time, without those that a batch sets itself. */
export const searchConditions = [
  ...['FileIds', 'Names', 'NamePrefixes', 'Descriptions', 'Text', 'ClassIds', 'Tags', 'Categories'],
  ...['SourceTypes', 'SourceType', 'StreamIds', 'StreamId', 'StreamDomains', 'StreamPaths', 'Vids', 'Vid'],
  ...['StorageRegions', 'StorageClasses', 'MediaTypes', 'Status', 'ReviewResults'],
  ...['TrtcSdkAppIds', 'TrtcRoomIds', 'KnowledgeBases', 'StartTime', 'EndTime'],
] as const

/** The conditions that are a span of time. */
export const searchSpans = ['CreateTime', 'ExpireTime'] as const

interface Span {
  readonly After?: string | undefined
  readonly Before?: string | undefined
}

const span: AnyCheck = optional(exactly<Span>({ After: optional(anyText), Before: optional(anyText) }))

function unsettable(problem: string, remedy: string): AnyCheck {
  return function* (value) {
    if (value !== undefined) yield { field: '', problem, remedy }
  }
}

const ofVodflow = unsettable('is set by vodflow, which reads page by page', 'leave it out')

const knownConditions = exactly<SearchSource['search']>(
  {
    ...Object.fromEntries(searchConditions.map((name) => [name, anything])),
    ...Object.fromEntries(searchSpans.map((name) => [name, span])),
    Sort: ofVodflow,
    Offset: ofVodflow,
    Limit: ofVodflow,
    Filters: ofVodflow,
    SubAppId: unsettable('does not belong here', 'pass it next to `source`; it applies to the whole batch'),
  },
  'pass conditions of SearchMedia',
  'for a condition that VOD has added, update vodflow, or search yourself and pass the FileIds',
)

const conditions: Check<SearchSource['search']> = function* (value) {
  yield* knownConditions(value)
  yield* plainJson(value)
}

const readPageByPage = {
  file: exactly<InFolder>({ file: text(rules.fileNameRule) }),
  search: exactly<SearchSource>({ search: atMost(rules.searchSizeRule, conditions) }),
}

function batchInputWith(ids: ListRule): Check<BatchInput> {
  const FileIds = exactly<Extract<BatchSource, { FileIds: readonly string[] }>>({
    FileIds: atMost(rules.listedIdsSizeRule, list(FileId, ids)),
  })
  return exactly<BatchInput>(
    {
      ...app,
      source: byField({ FileIds, ...readPageByPage }, 'pass one of FileIds, file and search'),
      ProcedureName: templateName,
      window: optional(whole(rules.windowRule)),
      TasksPriority: optional(whole(rules.priorityRule)),
      onPartial: optional(onPartial),
      skipDone: optional(flag),
      stopAtFailedPercent: optional(number(rules.percentageRule)),
      maxTasks: optional(whole(rules.taskBudgetRule)),
      maxTasksPerDay: optional(whole(rules.taskBudgetRule)),
      dryRun: optional(flag),
      callbacks: optional(flag),
      delays: optional(delays),
    },
    'pass { source, ProcedureName }',
  )
}

/** The check of a batch's input, without its state. */
export const batchInput = batchInputWith(rules.listedIdsRule)

/** The check for a batch that continues as new. Its list is empty, because its state has the rest. */
export const continuedBatchInput = batchInputWith({ ...rules.listedIdsRule, least: 0 })

const longestReason = 500
const reason: Check<string> = function* (value) {
  const remedy = `pass a reason of 1 to ${longestReason} characters`
  if (typeof value !== 'string') yield { field: '', problem: otherThan('a string', value), remedy }
  else if (value.trim() === '') yield { field: '', problem: 'is empty', remedy }
  else if (value.length > longestReason)
    yield { field: '', problem: `has ${value.length} characters`, remedy }
}

/** The check of the update that pauses, resumes or stops a batch, or changes its window. */
export const batchControl = exactly<BatchControl>(
  { paused: optional(flag), window: optional(whole(rules.windowRule)), stop: optional(reason) },
  'pass { window }, { paused } or { stop }',
)

export const count = whole(rules.placeRule)
export const ownList = { remedy: 'pass a list' }

export const cursor = having<Cursor>({
  read: count,
  byte: optional(count),
  file: optional(ownText),
  after: optional(ownText),
  Offset: optional(count),
  seen: optional(list(ownText, ownList)),
  past: optional(ownText),
})

export const idsPage = exactly<IdsPage>({
  account,
  SubAppId: app.SubAppId,
  source: byField(readPageByPage, 'pass one of file and search'),
  cursor,
})

/** Checks the values of an object with any names. */
function valuesOf<K extends string, T>(check: Check<T>): Check<Readonly<Record<K, T>>> {
  const anyObject = having({})
  return function* (value) {
    yield* anyObject(value)
    for (const [name, member] of Object.entries(Object(value))) yield* under(name, check(member))
  }
}

export const instant = number(rules.timeRule)
const sinceAndBeat = list(instant, { least: 2, most: 2, remedy: 'pass a time and a beat' })
/** Another version may have written these values, so only members that would make this version throw are checked. */
const since: Check<BatchState['running'][string]> = (value) => sinceAndBeat(value)
const status: Check<ItemStatus> = (value) => ownText(value)

export const batchTemplate = having<BatchTemplate>({
  TaskTypes: list(ownText, ownList),
  outputs: list(ownText, ownList),
  UpdateTime: ownText,
})

/** The check of the state that a run of a batch passes to the next. Another version may add members. */
export const batchState = having<BatchState>({
  template: batchTemplate,
  cursor: optional(cursor),
  total: optional(count),
  waiting: list(FileId, ownList),
  running: valuesOf(since),
  beats: count,
  counts: having<BatchCounts>({
    read: count,
    started: count,
    skipped: count,
    missing: count,
    repeated: count,
    tasks: count,
    ended: valuesOf(count),
  }),
  failures: list(having<BatchFailure>({ FileId: ownText, status, reason: ownText }), ownList),
  window: whole(rules.windowRule),
  paused: flag,
  stopped: optional(ownText),
  day: having<BatchState['day']>({ date: ownText, tasks: count }),
  meanMs: instant,
  startedAt: instant,
})

const sweepTime = optional(duration(rules.sweepTimeRule))
const sweepTimesWith = (interval: Check<SweepTimes['interval']>) =>
  exactly<SweepTimes>(
    { interval, gracePeriod: sweepTime, windowOverlap: sweepTime, fullScanInterval: sweepTime },
    'pass { interval }, or false for no sweep',
  )
/** The times that a new worker may set. A sweep that an earlier build started may have a shorter interval. */
export const sweepTimes = sweepTimesWith(optional(duration(rules.sweepIntervalRule)))

export const sweepInput = exactly<SweepInput>(
  {
    account,
    SubAppId: app.SubAppId,
    times: optional(sweepTimesWith(sweepTime)),
    watermark: optional(instant),
    wholeAt: optional(instant),
  },
  'pass { account }',
)

/** Checks a text by several rules. */
function texts(...all: readonly TextRule[]): Check<string> {
  return function* (value) {
    for (const rule of all) yield* text(rule)(value)
  }
}

/** A decision from another language or a later version may have more members. */
export const decideInput = spelling<DecideOptions>(
  {
    gate: text(rules.gateNameRule),
    decision: oneOf(decisionValues),
    by: texts(rules.byRule, rules.personRule, rules.anyTextRule, rules.visibleRule),
    reason: texts(rules.reasonRule, rules.anyTextRule),
    runId: optional(anyText),
  },
  'pass { gate, decision, by, reason }',
)
