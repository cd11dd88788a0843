import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import { ActivityCancellationType, upsertSearchAttributes } from '@temporalio/workflow'
import type { AbortResult, MediaOutputs, Submission, VodActivities } from '../../contract/activities.js'
import type { TaskPart } from '../../contract/outcome.js'
import { type QueuedAction, queueFor } from '../../contract/queues.js'
import { overdueAttribute } from '../../contract/searchAttributes.js'
import { saidSummary } from '../../contract/summary.js'
import { minute } from '../../contract/time.js'
import { type UncheckedActivities, uncheckedActivities, uncheckedLocalActivities } from '../unchecked.js'
import { fieldsOf, isParts } from './results.js'
import type { ReadCause, ReadEffect } from './state.js'

/** The address of a step, which its activities need in addition to the effect. */
export interface CallAddress extends Omit<Submission, 'input'> {
  readonly account: string
  readonly SubAppId?: number
  /** The workflow consists of this step, so the summary of the run already describes the request. */
  readonly isRunOfStep: boolean
}

export interface ActivityCallOptions {
  /** The summary of the activity in the Temporal UI. Empty if the summary of the run says the same. */
  readonly summary: string
  /** 1 for a cancel, 2 for recovery and looks, 3 for everything else, so that a backlog of submits cannot starve the others. */
  readonly priority: 1 | 2 | 3
  /** The time limit for all attempts together, in ms. Without it, the activity is retried as long as the run is open. */
  readonly limitMs?: number
  /** A cancellation waits for the attempt on the wire, and no further attempt is made (measured). Default: it does not wait. */
  readonly awaited?: true
  /** The types of failures that the workflow handles, so that the activity does not retry them. */
  readonly ends?: readonly string[]
}

/** Retries happen in the activity, not in the workflow, so they add nothing to the history. */
const retry = { initialInterval: 5_000, backoffCoefficient: 2, maximumInterval: minute }

export function call<A extends QueuedAction>(
  address: CallAddress,
  action: A,
  options: ActivityCallOptions,
): UncheckedActivities<VodActivities>[A] {
  const activities = uncheckedActivities<VodActivities>({
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
  return activities[action]
}

export function app({ account, SubAppId }: CallAddress) {
  return { account, SubAppId }
}

const whyRead: Readonly<Record<ReadCause, string>> = {
  hint: 'an event announced the end',
  look: 'a scheduled look',
  search: 'the task had ended when it was found',
  dispute: 'a task flow and the task that started it disagree',
  poll: 'no event can arrive',
  cancel: 'canceled: which tasks are still running?',
}

const priorities: Readonly<Record<ReadCause, ActivityCallOptions['priority']>> = {
  cancel: 1,
  look: 2,
  search: 2,
  dispute: 2,
  hint: 3,
  poll: 3,
}

/** Reads a task: once, until it shows what an event announced, or until it ends. */
export function read(address: CallAddress, { TaskId, cause, input, limitMs }: ReadEffect): Promise<unknown> {
  const options: ActivityCallOptions = {
    summary: whyRead[cause],
    priority: priorities[cause],
    ...(limitMs === undefined ? {} : { limitMs }),
  }
  return call(address, 'DescribeTaskDetail', options)({ ...app(address), TaskId, ...input })
}

/** The time limit for a local read, in ms. It runs within a workflow task, for which Temporal allows 10 s and warns after 5. */
const hereLimitMs = 4_000

/**
 * Reads an ended task once, on the worker that has this run, within its workflow task. It fails if the task is still running, if this
 * worker does not have the account or is too busy, and on any error. `read` handles these cases.
 */
export function readHere(address: CallAddress, { TaskId, cause, input }: ReadEffect): Promise<unknown> {
  const { DescribeTaskDetail } = uncheckedLocalActivities<VodActivities>({
    scheduleToCloseTimeout: hereLimitMs,
    cancellationType: ActivityCancellationType.TRY_CANCEL,
    retry: { maximumAttempts: 1 },
    summary: whyRead[cause],
  })
  return DescribeTaskDetail({ ...app(address), TaskId, ...input })
}

/** Asks VOD to abort a task. Returns false if VOD refuses. */
export async function abort(address: CallAddress, TaskId: string, limitMs: number): Promise<boolean> {
  const options: ActivityCallOptions = {
    summary: 'canceled: abort the task if it has not started',
    priority: 1,
    limitMs,
  }
  const answer = await call(address, 'ManageTask', options)({ ...app(address), TaskId })
  return fieldsOf<AbortResult>(answer).aborted === true
}

/** The time limit for reading a media file, in ms. After it, the outcome is made without the file's outputs. */
const mediaLimitMs = 10 * minute

/** Returns the outputs of the media file, for an outcome that would otherwise be unknown. */
export async function readMedia(address: CallAddress, FileId: string): Promise<readonly TaskPart[]> {
  const options: ActivityCallOptions = {
    summary: 'VOD does not show the task: which outputs does the media file have?',
    priority: 2,
    limitMs: mediaLimitMs,
  }
  const media = await call(address, 'readMediaOutputs', options)({ ...app(address), FileId })
  const { outputs } = fieldsOf<MediaOutputs>(media)
  return isParts(outputs) ? outputs : []
}

/** Sets the search attribute of overdue runs, if the namespace has it. */
export async function markOverdue(address: CallAddress, since: number): Promise<void> {
  const options: ActivityCallOptions = {
    summary: 'overdue: does the namespace have the search attribute?',
    priority: 3,
    limitMs: mediaLimitMs,
  }
  const exists = await call(address, 'searchAttributeExists', options)(overdueAttribute)
  const key = defineSearchAttributeKey(overdueAttribute, SearchAttributeType.DATETIME)
  if (exists === true) upsertSearchAttributes([{ key, value: new Date(since) }])
}
