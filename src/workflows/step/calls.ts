import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  upsertSearchAttributes,
} from '@temporalio/workflow'
import { type AsyncAction, asyncActions, taskKinds } from '../../contract/actions.js'
import type {
  Look,
  Looked,
  PackedSubmission,
  Pulled,
  PullSearch,
  Search,
  Sent,
  Submission,
  Submitted,
  TemplateTasks,
  VodActivities,
} from '../../contract/activities.js'
import { sessionIdFor } from '../../contract/identity.js'
import type { Part } from '../../contract/outcome.js'
import { type QueuedAction, queueFor } from '../../contract/queues.js'
import { overdueAttribute } from '../../contract/searchAttributes.js'
import { packed } from '../../contract/submission.js'
import { saidSummary } from '../../contract/summary.js'
import { isReading, isTasks, isTexts, malformed } from './results.js'
import type { ReadCause, SearchResult, Send, StepState } from './state.js'
import { taskOf } from './tasks.js'

/** Where a step stands: what its activities need besides the effect. */
export interface StepAddress extends Omit<Submission, 'input'> {
  readonly account: string
  readonly SubAppId?: number
  /** The workflow is this step alone: its summary says what is asked for. */
  readonly isWholeRun: boolean
}

interface CallOptions {
  /** What a person reads on this activity in the Temporal UI. Empty: nothing that the run's own summary does not say. */
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
const retry = { initialInterval: 5_000, backoffCoefficient: 2, maximumInterval: 60_000 }

function call<A extends QueuedAction>(
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
    ...(options.summary === '' ? {} : { summary: saidSummary(options.summary) }),
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
  const { attempt, isWholeRun } = address
  const what = attempt === 1 ? summaryOf(send) : `attempt ${attempt}: repair ${summaryOf(send)}`
  const isSaid = attempt === 1 && isWholeRun
  const options: CallOptions = {
    summary: sent !== undefined ? `no answer, the same again: ${what}` : isSaid ? '' : what,
    priority: 3,
    awaited: true,
    ...(isFirst(address, submitting) ? { ends: unanswered } : {}),
  }
  // The compiler cannot pair an action with its own input once both are taken from a union.
  const submitOnce = call(address, send.action, options) as (given: PackedSubmission) => Promise<Submitted>
  return submitOnce(packed(send.action, { ...address, input: send.input, sent }))
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
  const named = state.SessionId === '' ? {} : { SessionId: state.SessionId }
  return { ...app(address), TaskId, ...named, waits, lag, untilTerminal, ...mayNameNone, ...bounds(state) }
}

/** VOD shows a new task within a minute (listings lag so far); an id that somebody mistyped is not looked for longer, ms. */
const unseenMs = 3 * 60_000

/** An outcome has room for three whole readings. */
const maxReadings = 3
const maxReadingsBytes = 240 * 1024

function bounds({ start, tasks }: StepState): Pick<Look, 'flows' | 'maxBytes'> {
  return {
    ...(start.flows > 0 ? { flows: start.flows } : {}),
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
const mediaLimitMs = 10 * 60_000

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

/** What is searched for. */
interface Searching extends Sent {
  readonly state: StepState
  readonly send: Send
  /** Absent where no send was answered: then it is that of the submission. */
  readonly SessionId?: string
}

/** Where no answer has told it. A step that nothing names was refused before it started. */
export function ownSessionId(address: StepAddress, { action, input }: Send): string {
  return sessionIdFor(action, { ...address, input }) ?? ''
}

/** No send is older, ms since the epoch; undefined where another workflow may have sent, or when nobody knows. */
function sentSinceOf({ identity }: StepAddress, { state, send }: Searching): number | undefined {
  if (send.input.idempotencyKey !== undefined) return undefined
  return identity.fresh ? state.startedAt : identity.since
}

/** How long a task of another workflow is looked for before VOD's refusal is believed, ms. */
const othersGiveUpMs = 30_000

/** How long each part of a search may take; a canceled step says what it knows before `cancelGrace` is over. */
function limitsOf({ phase, start, believedUnlessFound }: StepState) {
  const { listings, listingsGiveUp, lag, cancelGrace } = start.delays
  if (phase === 'cancelling')
    return { templateMs: cancelGrace / 6, waits: lag, giveUpAfter: cancelGrace / 3, priority: 1 } as const
  // Where only another workflow can have sent, its send is hardly as young as the listing is late.
  const giveUpAfter = believedUnlessFound ? Math.min(listingsGiveUp, othersGiveUpMs) : listingsGiveUp
  return { templateMs: templateLimitMs, waits: listings, giveUpAfter, priority: 2 } as const
}

/** Which tasks did a send make whose answer does not name them? */
export async function search(address: StepAddress, searching: Searching): Promise<SearchResult> {
  const { state, send } = searching
  const { action, input } = send
  const { SessionId = ownSessionId(address, send) } = searching
  const { sentSince = sentSinceOf(address, searching) } = searching
  const sent = sentSince === undefined ? {} : { sentSince }
  const { idempotencyKey, request } = input
  const keyed = idempotencyKey === undefined ? {} : { keyed: { idempotencyKey, request: { ...request } } }
  const searched = { state, SessionId, ...sent, ...keyed }
  const { found, tasks }: AsyncAction = asyncActions[action]
  const made = tasks.map(({ TaskType }) => TaskType)
  const { ProcedureName, Procedure, FileId = '' } = request as Partial<Record<string, string>>
  switch (found) {
    case 'listing': {
      const template = action === 'ProcessMediaByProcedure' ? (ProcedureName ?? '') : undefined
      const wanted =
        template === undefined ? { TaskTypes: made } : await templateTasks(address, state, template)
      return list(address, { ...searched, FileId, wanted })
    }
    case 'media': {
      const { reading } = await findPulled(address, searched)
      if (reading !== undefined && !isReading(reading)) throw malformed('findPulled')
      if (!reading) return { tasks: [], missing: made }
      if (!Procedure) return { tasks: [], missing: [], reading }
      const wanted = await templateTasks(address, state, Procedure)
      return {
        ...(await list(address, {
          ...searched,
          FileId: reading.FileId,
          wanted,
          startedWith: reading.CreateTime,
        })),
        reading,
      }
    }
    case 'none':
      return { tasks: [], missing: made }
  }
}

interface Listing extends Pick<Search, 'SessionId' | 'sentSince' | 'keyed' | 'startedWith'> {
  readonly state: StepState
  readonly FileId: string
  readonly wanted: Wanted
}

/** Types of task; none: nobody knows. */
type Wanted = Pick<TemplateTasks, 'TaskTypes' | 'changedAt'>

/** VOD lists a new task within a minute (UNVERIFIED), ms. */
const listingLagMs = 60_000

async function list(
  address: StepAddress,
  { state, FileId, wanted, ...searched }: Listing,
): Promise<SearchResult> {
  const { waits, giveUpAfter, priority } = limitsOf(state)
  const { TaskTypes, changedAt } = wanted
  const options: CallOptions = { summary: 'no answer names them: which tasks did the send make?', priority }
  const { tasks, whole } = await call(
    address,
    'DescribeTasks',
    options,
  )({
    ...app(address),
    ...searched,
    ...(FileId === '' ? {} : { FileId }),
    expected: TaskTypes.filter((TaskType) => taskKinds[TaskType]?.listed),
    changedAt,
    waits,
    giveUpAfter,
    settleMs: Math.min(listingLagMs, giveUpAfter / 2),
  })
  if (!isTasks(tasks)) throw malformed('DescribeTasks')
  const lacking = TaskTypes.filter((TaskType) => !tasks.some((task) => task.TaskType === TaskType))
  // A listing is whole but for the types that it never has.
  const missing = whole === true ? lacking.filter((TaskType) => !taskKinds[TaskType]?.listed) : lacking
  if (whole === true) return { tasks, missing }
  return {
    tasks,
    missing: TaskTypes.length === 0 ? ['A task of a template that VOD does not show'] : missing,
  }
}

function findPulled(
  address: StepAddress,
  { state, ...searched }: Pick<Searching, 'state'> & Pick<PullSearch, 'SessionId' | 'sentSince' | 'keyed'>,
): Promise<Pulled> {
  const { waits, giveUpAfter, priority } = limitsOf(state)
  const options: CallOptions = { summary: 'no answer names it: which media did the send make?', priority }
  return call(address, 'findPulled', options)({ ...app(address), ...searched, waits, giveUpAfter })
}

/** How long the template is asked for before the search goes on without knowing what to expect, ms. */
const templateLimitMs = 10 * 60_000

async function templateTasks(address: StepAddress, state: StepState, ProcedureName: string): Promise<Wanted> {
  const { templateMs, priority } = limitsOf(state)
  const options: CallOptions = {
    summary: `which tasks does ${ProcedureName} make?`,
    priority,
    limitMs: templateMs,
  }
  try {
    const { TaskTypes, changedAt } = await call(
      address,
      'readTemplateTasks',
      options,
    )({ ...app(address), ProcedureName })
    return {
      TaskTypes: isTexts(TaskTypes) ? TaskTypes : [],
      ...(Number.isFinite(changedAt) ? { changedAt } : {}),
    }
  } catch {
    return { TaskTypes: [] }
  }
}

/** The result of a search that failed: nobody knows what the send made. */
export function unsearched({ action }: Send): SearchResult {
  const tasks: readonly { TaskType: string }[] = asyncActions[action].tasks
  const [only] = tasks
  const missing = tasks.length === 1 && only ? only.TaskType : 'A task of the request'
  return { tasks: [], missing: [missing], failed: true }
}

function app({ account, SubAppId }: StepAddress) {
  return { account, SubAppId }
}
