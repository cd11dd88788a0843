import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import {
  ActivityCancellationType,
  proxyActivities,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import type { Looked, StepTask, Submission, Submitted, VodActivities } from '../../activities/types.js'
import { asyncActions, type MadeTask } from '../../vod/actions.js'
import type { Part } from '../../vod/outcome.js'
import { overdueAttribute } from '../../vod/overdue.js'
import { type QueuedAction, queueFor } from '../../vod/queues.js'
import type { ReadCause, Send, StepState } from './state.js'

/** Where a step stands: what its activities need besides the effect. */
export interface StepAddress extends Omit<Submission, 'input' | 'first' | 'sentSince'> {
  readonly account: string
  readonly SubAppId?: number
}

interface CallOptions {
  /** What a person reads on this activity in the Temporal UI. */
  readonly summary: string
  /** Cancel 1, recovery and looks 2, everything else 3: a backlog of submits must not starve them. */
  readonly priority: 1 | 2 | 3
  /** All attempts together, ms. Without it the activity is tried for as long as the run lives. */
  readonly limitMs?: number
}

/** A line in the Temporal UI. Temporal's limit for summaries is 400 bytes; 100 characters are never more. */
const maxSummary = 100

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
    ...(options.limitMs === undefined ? {} : { scheduleToCloseTimeout: options.limitMs }),
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry,
    priority: { priorityKey: options.priority },
    summary: options.summary.slice(0, maxSummary),
  })
  return activities[action] as VodActivities[A]
}

/** Sends the request, again and again with one SessionId, until VOD's answer is known. */
export function submit(address: StepAddress, send: Send): Promise<Submitted> {
  const { namespace, workflowId, chain, key, attempt } = address
  const { input } = send
  // Start of the chain: a retry of the workflow and continue-as-new keep it, a reset too (measured).
  const sentSince = workflowInfo().startTime.getTime()
  // A reset or a workflow retry keeps the chain but changes the run: an earlier run may have sent already.
  const first = workflowInfo().runId === chain
  const submission = { input, namespace, workflowId, chain, key, attempt, first, sentSince }
  const { ProcedureName, FileId, MediaStoragePath } = input.request
  const options = { summary: `${ProcedureName} on ${FileId || MediaStoragePath}`, priority: 3 } as const
  if (send.action === 'ProcessMediaByProcedure') return call(address, send.action, options)(submission)
  const { FileId: repaired, MediaProcessTask } = send
  const repair = { ...options, summary: `attempt ${attempt}: repair ${options.summary}` }
  return call(address, send.action, repair)({ ...submission, FileId: repaired, MediaProcessTask })
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

/** Reads a task: once, until it shows what an event announced, or until it ends. */
export function read(
  address: StepAddress,
  { state, TaskId, cause }: { state: StepState; TaskId: string; cause: ReadCause },
): Promise<Looked> {
  const { polls, lag } = state.start.delays
  const waits = { hint: lag, look: [], search: lag, poll: polls, cancel: lag.slice(0, 1) }[cause]
  const options: CallOptions = {
    summary: whyRead[cause],
    priority: cause === 'cancel' ? 1 : cause === 'look' || cause === 'search' ? 2 : 3,
    ...(cause === 'cancel' ? { limitMs: cleanUpLimitMs } : {}),
  }
  return call(
    address,
    'DescribeTaskDetail',
    options,
  )({ ...app(address), TaskId, waits, lag, untilTerminal: cause === 'poll' })
}

/** Asks VOD to abort a task. `false` when it refuses. */
export async function abort(address: StepAddress, TaskId: string): Promise<boolean> {
  const options: CallOptions = {
    summary: 'cancelled: abort what has not begun',
    priority: 1,
    limitMs: cleanUpLimitMs,
  }
  return (await call(address, 'ManageTask', options)({ ...app(address), TaskId })).aborted
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
  return (await call(address, 'DescribeMediaInfos', options)({ ...app(address), FileId })).outputs
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
  if (exists) upsertSearchAttributes([{ key, value: new Date(since) }])
}

export interface SearchResult {
  readonly tasks: readonly StepTask[]
  /** Types of task that the template asks for and no listing showed. */
  readonly missing: readonly string[]
}

/** After a duplicate: which tasks did the earlier send make? */
export async function search(
  address: StepAddress,
  { state, send, SessionId }: { state: StepState; send: Send; SessionId: string },
): Promise<SearchResult> {
  const { listings, listingsGiveUp } = state.start.delays
  const { chain, key, attempt } = address
  const { action, input } = send
  const made: readonly MadeTask[] = asyncActions[action].tasks
  const wanted =
    action === 'ProcessMediaByProcedure'
      ? await templateTasks(address, input.request.ProcedureName)
      : made.map((task) => task.TaskType)
  const listable = made.filter((task) => task.listed).map((task) => task.TaskType)
  const FileId = action === 'ProcessMedia' ? send.FileId : input.request.FileId
  const options: CallOptions = { summary: `duplicate: searching the tasks of ${SessionId}`, priority: 2 }
  const { tasks } = await call(
    address,
    'DescribeTasks',
    options,
  )({
    ...app(address),
    chain,
    key,
    attempt,
    SessionId,
    ...(FileId ? { FileId } : {}),
    since: workflowInfo().startTime.getTime(),
    expected: wanted.filter((type) => listable.some((listed) => listed === type)),
    waits: listings,
    giveUpAfter: listingsGiveUp,
  })
  const missing = wanted.filter((TaskType) => !tasks.some((task) => task.TaskType === TaskType))
  return { tasks, missing: wanted.length === 0 ? ['A task of a template that VOD does not show'] : missing }
}

/** How long the template is asked for before the search goes on without knowing what to expect, ms. */
const templateLimitMs = 10 * 60_000

async function templateTasks(address: StepAddress, ProcedureName: string): Promise<readonly string[]> {
  const options: CallOptions = {
    summary: `which tasks does ${ProcedureName} make?`,
    priority: 2,
    limitMs: templateLimitMs,
  }
  try {
    return (await call(address, 'DescribeProcedureTemplates', options)({ ...app(address), ProcedureName }))
      .TaskTypes
  } catch {
    return []
  }
}

function app({ account, SubAppId }: StepAddress) {
  return { account, ...(SubAppId === undefined ? {} : { SubAppId }) }
}
