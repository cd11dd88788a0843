import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { Looked, StepTask, Submission, Submitted, VodActivities } from '../../activities/types.js'
import { asyncActions } from '../../vod/actions.js'
import { type QueuedAction, queueFor } from '../../vod/queues.js'
import type { ReadCause, StepState } from './state.js'

/** Where a step stands: what its activities need besides the effect. */
export interface StepAddress extends Omit<Submission, 'first' | 'sentSince'> {
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
export function submit(address: StepAddress): Promise<Submitted> {
  const { input, namespace, workflowId, chain, key, attempt } = address
  const sentSince = workflowInfo().startTime.getTime()
  const { ProcedureName, FileId, MediaStoragePath } = input.request
  const summary = `${ProcedureName} on ${FileId || MediaStoragePath}`
  // A reset or a workflow retry keeps the chain but changes the run: an earlier run may have sent already.
  const first = workflowInfo().runId === chain
  const send = call(address, 'ProcessMediaByProcedure', { summary, priority: 3 })
  return send({ input, namespace, workflowId, chain, key, attempt, first, sentSince })
}

const whyRead: Readonly<Record<ReadCause, string>> = {
  hint: 'an event announced the end',
  look: 'its time has come',
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
  const waits = { hint: lag, look: [], poll: polls, cancel: lag.slice(0, 1) }[cause]
  const options: CallOptions = {
    summary: whyRead[cause],
    priority: cause === 'cancel' ? 1 : cause === 'look' ? 2 : 3,
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

export interface SearchResult {
  readonly tasks: readonly StepTask[]
  /** Types of task that the template asks for and no listing showed. */
  readonly missing: readonly string[]
}

/** After a duplicate: which tasks did the earlier send make? */
export async function search(
  address: StepAddress,
  { state, SessionId }: { state: StepState; SessionId: string },
): Promise<SearchResult> {
  const { listings, listingsGiveUp } = state.start.delays
  const { chain, key, attempt, input } = address
  const wanted = await templateTasks(address)
  const listable = asyncActions.ProcessMediaByProcedure.tasks
    .filter((task) => task.listed)
    .map((task) => task.TaskType)
  const { FileId } = input.request
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
    // In a later run of the chain the send may be older than anything this run knows.
    since: workflowInfo().runId === chain ? workflowInfo().startTime.getTime() : 0,
    expected: wanted.filter((type) => listable.some((listed) => listed === type)),
    waits: listings,
    giveUpAfter: listingsGiveUp,
  })
  const missing = wanted.filter((TaskType) => !tasks.some((task) => task.TaskType === TaskType))
  return { tasks, missing: wanted.length === 0 ? ['A task of a template that VOD does not show'] : missing }
}

/** How long the template is asked for before the search goes on without knowing what to expect, ms. */
const templateLimitMs = 10 * 60_000

async function templateTasks(address: StepAddress): Promise<readonly string[]> {
  const { ProcedureName } = address.input.request
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
