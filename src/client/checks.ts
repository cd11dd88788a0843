import type { Client, ScheduleSpec } from '@temporalio/client'
import type { ItemStatus } from '../contract/batch.js'
import {
  anything,
  type Check,
  duration,
  exactly,
  type Fields,
  flag,
  inWords,
  list,
  oneOf,
  optional,
  otherThan,
  text,
  whole,
  withFunctions,
} from '../contract/check.js'
import type { DecideOptions } from '../contract/gates.js'
import { account } from '../contract/inputs.js'
import { anyTextRule, temporalNameRule, timeoutRule } from '../contract/patterns.js'
import { dataConverter, lackOfCodecs } from '../temporal/dataConverter.js'
import { runStatuses } from '../temporal/listQuery.js'
import type { AdoptOptions } from './adopt.js'
import type { RerunFailedOptions, ScheduleBatchOptions, StartBatchOptions } from './batches.js'
import type { ConnectOptions } from './connect.js'
import type { TemporalOptions } from './connection.js'
import type { ListOptions } from './list.js'
import type { RerunOptions } from './plan.js'
import type { ResultOptions, WatchOptions } from './run.js'
import type { SetByStart, StartSettings } from './start.js'

/* Checks of the options of this room, because a misspelled one could write inputs in plain text or start a run in another namespace. */

const timeout = optional(duration(timeoutRule))
const nonEmpty = (remedy: string) => text({ pattern: /./, problem: 'is empty', remedy })

const tls: Check<ConnectOptions['tls']> = function* (value) {
  if (typeof value !== 'boolean' && typeof value !== 'object')
    yield { field: '', problem: otherThan('a boolean', value), remedy: 'pass true, or the certificates' }
}

const ofSdk = withFunctions<Client>(
  ['withDeadline', 'workflow.start', 'workflow.getHandle'],
  'pass a Client of @temporalio/client',
)

const client: Check<Client> = function* (value) {
  yield* ofSdk(value)
  const { payloadCodecs } = Object(Object(Object(value).options).loadedDataConverter)
  const converter = 'dataConverter: payloadEncryption(process.env.VODFLOW_PAYLOAD_KEYS)'
  yield* lackOfCodecs(payloadCodecs, `${converter} to the Client`)
}

const settings: Fields<TemporalOptions> = {
  address: optional(nonEmpty('pass host:port')),
  namespace: optional(text(temporalNameRule)),
  // It has a check of its own, which knows what may be shown of it.
  apiKey: anything,
  tls: optional(tls),
  profile: optional(nonEmpty("pass a profile of Temporal's configuration file")),
  plugins: optional(list(anything, { remedy: 'pass a list of plugins' })) as Check<ConnectOptions['plugins']>,
  dataConverter: optional(dataConverter),
  connectTimeout: timeout,
}

const ofClient: Check<undefined> = function* (value) {
  const remedy = 'set it on the Client or its Connection, or leave client out'
  if (value !== undefined)
    yield { field: '', problem: 'is given together with client, which has its own', remedy }
}

const ownSettings = Object.fromEntries(Object.keys(settings).map((name) => [name, ofClient])) as Fields<
  Record<keyof TemporalOptions, undefined>
>

const shared = { account: optional(account), answerTimeout: timeout, client: optional(client) }
const withClient = exactly<Pick<ConnectOptions, 'account' | 'answerTimeout' | 'client'>>({
  ...shared,
  ...ownSettings,
})
const withoutClient = exactly<ConnectOptions>({ ...shared, ...settings })

export const connectOptions: Check<ConnectOptions> = (value) =>
  Object(value).client === undefined ? withoutClient(value) : withClient(value)

const signal = withFunctions<AbortSignal>(
  ['throwIfAborted', 'addEventListener', 'removeEventListener'],
  'pass the signal of an AbortController',
)

const setByStart = (remedy: string): Check<undefined> =>
  function* (value) {
    if (value !== undefined) yield { field: '', problem: 'is set by vodflow', remedy }
  }
const once = setByStart('leave it out: an id has one run')

const forbidden: Fields<Record<SetByStart, undefined>> = {
  workflowId: setByStart('write id'),
  workflowIdReusePolicy: once,
  workflowIdConflictPolicy: once,
  cronSchedule: setByStart('leave it out, and use a schedule of Temporal'),
  followRuns: setByStart('leave it out'),
  searchAttributes: setByStart('write typedSearchAttributes'),
}

/** Options of Temporal, whose client checks their values. */
const ofTemporal: Fields<Omit<StartSettings, 'id' | 'taskQueue' | 'requireWorker' | 'signal'>> = {
  retry: anything,
  memo: anything,
  typedSearchAttributes: anything,
  staticSummary: anything,
  staticDetails: anything,
  priority: anything,
  workflowExecutionTimeout: anything,
  workflowRunTimeout: anything,
  workflowTaskTimeout: anything,
  startDelay: anything,
  versioningOverride: anything,
  requestEagerStart: anything,
  typeInfo: anything,
}

/** Options of `Vodflow.start`. */
export const startOptions = exactly<
  StartSettings & { readonly args?: readonly unknown[] | undefined } & Readonly<Record<SetByStart, undefined>>
>(
  {
    ...forbidden,
    ...ofTemporal,
    id: text({ ...anyTextRule, remedy: 'pass a text that names the work' }),
    taskQueue: text({
      pattern: /./,
      problem: 'is missing',
      remedy: 'pass the task queue of the worker that has the workflow',
    }),
    requireWorker: optional(flag),
    signal: optional(signal),
    args: optional(list(anything, { remedy: 'pass the list of the arguments' })),
  },
  'pass { id, taskQueue, args }',
)

const id = text({ ...anyTextRule, remedy: 'pass a text' })
const reason = text({ ...anyTextRule, remedy: 'pass a reason of 1 to 500 characters' })

/** The options of `process` and `rerun`. Their values are checked with the request. */
export const processOptions = exactly<Partial<RerunOptions>>(
  {
    key: anything,
    idempotencyKey: anything,
    workflowId: optional(id),
    account: anything,
    callbacks: anything,
    onPartial: anything,
    onFailure: anything,
    delays: anything,
    requireWorker: optional(flag),
    signal: optional(signal),
    reason: optional(reason),
  },
  'pass an object, or leave it out',
)

export const adoptOptions = exactly<AdoptOptions>(
  {
    workflowId: optional(id),
    account: anything,
    delays: anything,
    requireWorker: optional(flag),
    signal: optional(signal),
  },
  'pass an object, or leave it out',
)

export const listOptions = exactly<ListOptions>(
  {
    status: optional(oneOf(runStatuses)),
    workflowIdPrefix: optional(nonEmpty('pass the start of a workflow id, or leave it out')),
    // It may be a workflow of the user.
    type: optional(nonEmpty('pass a workflow type, or leave it out')),
    FileId: optional(nonEmpty('pass a FileId, or leave it out')),
    ProcedureName: optional(nonEmpty('pass the name of a template, or leave it out')),
    overdue: optional(flag),
    limit: optional(whole({ least: 1, most: 1_000_000, remedy: 'pass a whole number from 1 to 1,000,000' })),
  },
  'pass an object, or leave it out',
)

/** A decision. The gate checks the values of the other members. */
export const decideOptions = exactly<DecideOptions>(
  { gate: anything, decision: anything, by: anything, reason: anything, runId: optional(id) },
  'pass { gate, decision, by, reason }',
)

export const resultOptions = exactly<ResultOptions>(
  { signal: optional(signal) },
  'pass { signal }, or leave it out',
)

export const watchOptions = exactly<WatchOptions>(
  { interval: timeout, signal: optional(signal) },
  'pass an object, or leave it out',
)

export const startBatchOptions = exactly<StartBatchOptions>(
  { workflowId: id, requireWorker: optional(flag), signal: optional(signal) },
  'pass { workflowId }',
)

const specRemedy =
  "pass { intervals: [{ every: '1 day' }] }, { cronExpressions: ['0 3 * * *'] } or { calendars: [...] }"
const times = optional(list(anything, { remedy: specRemedy }))

/** Members of the spec of a schedule. Temporal checks what is in them. */
const specMembers = exactly<ScheduleSpec>(
  {
    intervals: times as Check<ScheduleSpec['intervals']>,
    cronExpressions: times as Check<ScheduleSpec['cronExpressions']>,
    calendars: times as Check<ScheduleSpec['calendars']>,
    skip: anything,
    startAt: anything,
    endAt: anything,
    jitter: anything,
    timezone: anything,
  },
  specRemedy,
)

const spec: Check<ScheduleSpec> = function* (value) {
  const problems = [...specMembers(value)]
  yield* problems
  if (problems.length > 0) return
  const { intervals = [], cronExpressions = [], calendars = [] } = value as ScheduleSpec
  if (intervals.length + cronExpressions.length + calendars.length === 0)
    yield {
      field: '',
      problem: 'has no times, so that the schedule would never start a batch',
      remedy: specRemedy,
    }
}

export const scheduleBatchOptions = exactly<ScheduleBatchOptions>(
  { scheduleId: id, spec },
  'pass { scheduleId, spec }',
)

/** How an item ends that did not succeed. */
const failedStatuses = Object.keys({
  partial: true,
  failed: true,
  aborted: true,
  unknown: true,
  detached: true,
  refused: true,
  canceled: true,
} satisfies Record<Exclude<ItemStatus, 'succeeded'>, true>) as Exclude<ItemStatus, 'succeeded'>[]

export const retryOptions = exactly<{ readonly reason: string }>({ reason }, 'pass { reason }')

export const rerunFailedOptions = exactly<RerunFailedOptions>(
  {
    reason,
    statuses: optional(list(oneOf(failedStatuses), { least: 1, remedy: `pass ${inWords(failedStatuses)}` })),
  },
  'pass { reason }',
)
