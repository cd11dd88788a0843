import { ActivityCancellationType, proxyLocalActivities } from '@temporalio/workflow'
import type { Look, Looked, VodActivities } from '../../contract/activities.js'
import { app, type CallOptions, call, cleanUpLimitMs, type StepAddress } from './calls.js'
import type { ReadCause, StepState } from './state.js'
import { taskOf } from './tasks.js'

const whyRead: Readonly<Record<ReadCause, string>> = {
  hint: 'an event announced the end',
  look: 'its time has come',
  search: 'it was over when it was found',
  poll: 'no event can come',
  cancel: 'cancelled: what goes on?',
}

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
export function mayReadHere({ state, TaskId }: TaskToRead): boolean {
  const underWay = taskOf(state, TaskId)?.underWay
  return underWay?.cause === 'hint' && (underWay.via === 'push' || underWay.via === 'pull')
}

function lookAt(address: StepAddress, { state, TaskId, cause }: TaskToRead): Look {
  const { polls, lag } = state.start.delays
  // A detail may lag behind an abort that VOD took.
  const underWay = taskOf(state, TaskId)?.underWay
  const toldOfAbort = underWay?.cause === 'cancel' && underWay.aborted
  const waits = { hint: lag, look: [], search: lag, poll: polls, cancel: lag.slice(0, toldOfAbort ? 2 : 1) }[
    cause
  ]
  const untilTerminal = cause === 'poll'
  const mayNameNone = state.start.origin.kind === 'adopt' ? { unseenMs } : {}
  return { ...app(address), TaskId, waits, lag, untilTerminal, ...mayNameNone, ...bounds(state) }
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
