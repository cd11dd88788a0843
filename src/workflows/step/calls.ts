import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  upsertSearchAttributes,
} from '@temporalio/workflow'
import type { ReadResult, Submission, VodActivities } from '../../contract/activities.js'
import type { TaskPart } from '../../contract/outcome.js'
import { type QueuedAction, queueFor } from '../../contract/queues.js'
import { overdueAttribute } from '../../contract/searchAttributes.js'
import { saidSummary } from '../../contract/summary.js'
import { minute } from '../../contract/time.js'
import type { ReadCause, ReadEffect } from './state.js'

/** Where a step stands: what its activities need besides the effect. */
export interface CallAddress extends Omit<Submission, 'input'> {
  readonly account: string
  readonly SubAppId?: number
  /** The workflow is this step alone: its summary says what is asked for. */
  readonly isWholeRun: boolean
}

export interface ActivityCallOptions {
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
const retry = { initialInterval: 5_000, backoffCoefficient: 2, maximumInterval: minute }

export function call<A extends QueuedAction>(
  address: CallAddress,
  action: A,
  options: ActivityCallOptions,
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

export function app({ account, SubAppId }: CallAddress) {
  return { account, SubAppId }
}

/** A cancelled run cleans up within 60 s: abort, then read, each bounded, ms. */
const cleanUpLimitMs = 20_000

const whyRead: Readonly<Record<ReadCause, string>> = {
  hint: 'an event announced the end',
  look: 'its time has come',
  search: 'it was over when it was found',
  poll: 'no event can come',
  cancel: 'cancelled: what goes on?',
}

/** Reads a task: once, until it shows what an event announced, or until it ends. */
export function read(address: CallAddress, { TaskId, cause, look }: ReadEffect): Promise<ReadResult> {
  const options: ActivityCallOptions = {
    summary: whyRead[cause],
    priority: cause === 'cancel' ? 1 : cause === 'look' || cause === 'search' ? 2 : 3,
    ...(cause === 'cancel' ? { limitMs: cleanUpLimitMs } : {}),
  }
  return call(address, 'DescribeTaskDetail', options)({ ...app(address), TaskId, ...look })
}

/** Temporal gives a worker 10 s for a workflow task, warns after 5, and a local activity is done within one, ms. */
const hereLimitMs = 4_000

/**
 * Reads a task that has ended, by the worker that has this run, within its workflow task: one try. It fails where the task goes on,
 * where this worker knows no such account or has too much to do, and at every error: `read` is for those.
 */
export function readHere(address: CallAddress, { TaskId, cause, look }: ReadEffect): Promise<ReadResult> {
  const { DescribeTaskDetail } = proxyLocalActivities<VodActivities>({
    scheduleToCloseTimeout: hereLimitMs,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { maximumAttempts: 1 },
    summary: whyRead[cause],
  })
  return DescribeTaskDetail({ ...app(address), TaskId, ...look })
}

/** Asks VOD to abort a task. `false` when it refuses. */
export async function abort(address: CallAddress, TaskId: string): Promise<boolean> {
  const options: ActivityCallOptions = {
    summary: 'cancelled: abort what has not begun',
    priority: 1,
    limitMs: cleanUpLimitMs,
  }
  return (await call(address, 'ManageTask', options)({ ...app(address), TaskId })).aborted === true
}

/** How long a media file is asked for before the outcome does without, ms. */
const mediaLimitMs = 10 * minute

/** What the media file has, for an outcome that would say nothing else. */
export async function readMedia(address: CallAddress, FileId: string): Promise<readonly TaskPart[]> {
  const options: ActivityCallOptions = {
    summary: 'the task is not shown: what does the media file have?',
    priority: 2,
    limitMs: mediaLimitMs,
  }
  const { outputs } = await call(address, 'readMediaOutputs', options)({ ...app(address), FileId })
  return Array.isArray(outputs) ? outputs : []
}

/** Sets the search attribute by which overdue runs are found, where the namespace has it. */
export async function markOverdue(address: CallAddress, since: number): Promise<void> {
  const options: ActivityCallOptions = {
    summary: 'overdue: can that be shown in lists?',
    priority: 3,
    limitMs: mediaLimitMs,
  }
  const exists = await call(address, 'searchAttributeExists', options)(overdueAttribute)
  const key = defineSearchAttributeKey(overdueAttribute, SearchAttributeType.DATETIME)
  if (exists === true) upsertSearchAttributes([{ key, value: new Date(since) }])
}
