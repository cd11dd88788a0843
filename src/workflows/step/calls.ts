import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  upsertSearchAttributes,
} from '@temporalio/workflow'
import type { Look, Looked, Submission, Submitted, VodActivities } from '../../contract/activities.js'
import { askedOf } from '../../contract/asked.js'
import { sessionIdFor } from '../../contract/identity.js'
import type { Part } from '../../contract/outcome.js'
import { type QueuedAction, queueFor } from '../../contract/queues.js'
import { overdueAttribute } from '../../contract/searchAttributes.js'
import { saidSummary } from '../../contract/summary.js'
import { minute } from '../../contract/time.js'
import type { ReadCause, Send, StepState } from './state.js'
import { taskOf } from './tasks.js'

/** Where a step stands: what its activities need besides the effect. */
export interface StepAddress extends Omit<Submission, 'input'> {
  readonly account: string
  readonly SubAppId?: number
}

export interface CallOptions {
  /** What a person reads on this activity in the Temporal UI. */
  readonly summary: string
  /** Cancel 1, recovery and looks 2, everything else 3: a backlog of submits must not starve them. */
  readonly priority: 1 | 2 | 3
  /** All attempts together, ms. Without it the activity is tried for as long as the run lives. */
  readonly limitMs?: number
  /** Canceled, it is awaited: an attempt that is on the wire answers, and no other is made (measured). Default: given up. */
  readonly awaited?: true
  /** Failures that the workflow is to know of, so that they are not retried here. */
  readonly ends?: readonly string[]
}

/** Retries wait in the activity, not in the workflow: they cost no history. */
const retry = { initialInterval: 5_000, backoffCoefficient: 2, maximumInterval: minute }

export function call<A extends QueuedAction>(
  address: StepAddress,
  action: A,
  options: CallOptions,
): VodActivities[A] {
  const activities = proxyActivities<VodActivities>({
    taskQueue: queueFor(address.account, action),
    startToCloseTimeout: 30_000,
    scheduleToCloseTimeout: options.limitMs,
    cancellationType: options.awaited
      ? ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
      : ActivityCancellationType.TRY_CANCEL,
    retry: options.ends ? { ...retry, nonRetryableErrorTypes: [...options.ends] } : retry,
    priority: { priorityKey: options.priority },
    summary: saidSummary(options.summary),
  })
  return activities[action] as VodActivities[A]
}

/** What is sent. `sent`: when an earlier send that got no answer was scheduled, ms since the epoch. */
export interface Submitting {
  readonly send: Send
  readonly sent?: number
}

/** Failures of a submit after which VOD may have accepted it. */
export const unanswered = ['ambiguous', 'TemporalTimeout:StartToClose']

/**
 * Sends the request with one SessionId. The first activity is retried only while VOD refuses, so that the workflow knows whether
 * anything may have been accepted; a further one is retried until VOD's answer is known.
 */
export function submit(address: StepAddress, submitting: Submitting): Promise<Submitted> {
  const { send, sent } = submitting
  const { account: _, SubAppId: __, ...where } = address
  const { attempt } = where
  const what = attempt === 1 ? summaryOf(send) : `attempt ${attempt}: repair ${summaryOf(send)}`
  const options: CallOptions = {
    summary: sent === undefined ? what : `no answer, the same again: ${what}`,
    priority: 3,
    awaited: true,
    ...(isFirst(address, submitting) ? { ends: unanswered } : {}),
  }
  // The compiler cannot pair an action with its own input once both are taken from a union.
  const submitOnce = call(address, send.action, options) as (given: Submission) => Promise<Submitted>
  return submitOnce({ input: send.input, ...where, sent })
}

/** No other run and no other activity of this one can have sent it. */
export function isFirst({ identity }: StepAddress, { sent }: Submitting): boolean {
  return identity.fresh && sent === undefined
}

/** Never a URL: it may have secrets in it. */
function summaryOf({ action, input }: Send): string {
  const { ProcedureName, FileId, MediaStoragePath, MediaName } = input.request as Partial<
    Record<string, string>
  >
  const media = FileId || MediaStoragePath || MediaName || ''
  return [ProcedureName ?? action, media].filter((text) => text !== '').join(' on ')
}

const whyRead: Readonly<Record<ReadCause, string>> = {
  hint: 'an event announced the end',
  look: 'its time has come',
  search: 'it was over when it was found',
  poll: 'no event can come',
  cancel: 'cancelled: what goes on?',
}

/** A cancelled run cleans up within 60 s: abort, then read, each bounded, ms. */
const cleanUpLimitMs = 20_000

/** Which task is read, and why. */
export interface TaskToRead {
  readonly state: StepState
  readonly TaskId: string
  readonly cause: ReadCause
}

/** Reads a task: once, until it shows what an event announced, or until it ends. */
export function read(address: StepAddress, task: TaskToRead): Promise<Looked> {
  const { cause } = task
  const options: CallOptions = {
    summary: whyRead[cause],
    priority: cause === 'cancel' ? 1 : cause === 'look' || cause === 'search' ? 2 : 3,
    ...(cause === 'cancel' ? { limitMs: cleanUpLimitMs } : {}),
  }
  return call(address, 'DescribeTaskDetail', options)(lookAt(address, task))
}

/** Temporal gives a worker 10 s for a workflow task, warns after 5, and a local activity is done within one, ms. */
const hereLimitMs = 4_000

/**
 * Reads a task that has ended, by the worker that has this run, within its workflow task: one try. It fails where the task goes on,
 * where this worker knows no such account or has too much to do, and at every error: `read` is for those.
 */
export function readHere(address: StepAddress, task: TaskToRead): Promise<Looked> {
  const { DescribeTaskDetail } = proxyLocalActivities<VodActivities>({
    scheduleToCloseTimeout: hereLimitMs,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { maximumAttempts: 1 },
    summary: whyRead[task.cause],
  })
  return DescribeTaskDetail(lookAt(address, task))
}

/** Events come no faster than tasks end. Hints of the sweep come all at once: they wait for their turn. */
export function mayReadHere({ state, TaskId, cause }: TaskToRead): boolean {
  if (cause !== 'hint') return false
  const via = taskOf(state, TaskId)?.hintedBy
  return via === 'push' || via === 'pull'
}

function lookAt(address: StepAddress, { state, TaskId, cause }: TaskToRead): Look {
  const { polls, lag } = state.start.delays
  // A detail may lag behind an abort that VOD took.
  const toldOfAbort = taskOf(state, TaskId)?.aborted
  const waits = { hint: lag, look: [], search: lag, poll: polls, cancel: lag.slice(0, toldOfAbort ? 2 : 1) }[
    cause
  ]
  const untilTerminal = cause === 'poll'
  const mayNameNone = state.start.origin.kind === 'adopt' ? { unseenMs } : {}
  return { ...app(address), TaskId, waits, lag, untilTerminal, ...mayNameNone, ...bounds(state) }
}

/** VOD shows a new task within a minute (listings lag so far); an id that somebody mistyped is not looked for longer, ms. */
const unseenMs = 3 * minute

/** An outcome has room for three whole readings. */
const maxReadings = 3
const maxReadingsBytes = 240 * 1024

function bounds({ start, tasks }: StepState): Pick<Look, 'flows' | 'asked' | 'maxBytes'> {
  const asked =
    start.origin.kind === 'adopt'
      ? undefined
      : askedOf(start.origin.send.action, { ...start.origin.send.input.request })
  return {
    ...(start.flows > 0 ? { flows: start.flows } : {}),
    ...(asked ? { asked } : {}),
    ...(tasks.length > maxReadings ? { maxBytes: Math.floor(maxReadingsBytes / tasks.length) } : {}),
  }
}

/** Asks VOD to abort a task. `false` when it refuses. */
export async function abort(address: StepAddress, TaskId: string): Promise<boolean> {
  const options: CallOptions = {
    summary: 'cancelled: abort what has not begun',
    priority: 1,
    limitMs: cleanUpLimitMs,
  }
  return (await call(address, 'ManageTask', options)({ ...app(address), TaskId })).aborted === true
}

/** How long a media file is asked for before the outcome does without, ms. */
const mediaLimitMs = 10 * minute

/** What the media file has, for an outcome that would say nothing else. */
export async function readMedia(address: StepAddress, FileId: string): Promise<readonly Part[]> {
  const options: CallOptions = {
    summary: 'the task is not shown: what does the media file have?',
    priority: 2,
    limitMs: mediaLimitMs,
  }
  const { outputs } = await call(address, 'readMediaOutputs', options)({ ...app(address), FileId })
  return Array.isArray(outputs) ? outputs : []
}

/** Sets the search attribute by which overdue runs are found, where the namespace has it. */
export async function markOverdue(address: StepAddress, since: number): Promise<void> {
  const options: CallOptions = {
    summary: 'overdue: can that be shown in lists?',
    priority: 3,
    limitMs: mediaLimitMs,
  }
  const exists = await call(address, 'searchAttributeExists', options)(overdueAttribute)
  const key = defineSearchAttributeKey(overdueAttribute, SearchAttributeType.DATETIME)
  if (exists === true) upsertSearchAttributes([{ key, value: new Date(since) }])
}

/** Where no answer has told it. A step that nothing names was refused before it started. */
export function ownSessionId(address: StepAddress, { action, input }: Send): string {
  return sessionIdFor(action, { ...address, input }) ?? ''
}

export function app({ account, SubAppId }: StepAddress) {
  return { account, SubAppId }
}
