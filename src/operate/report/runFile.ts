import type { temporal } from '@temporalio/proto'
import { stepTypes } from '../../contract/runNames.js'
import { beginningIn, neverBegan } from '../../temporal/beginning.js'
import type { HistoryEvent } from '../../temporal/historyPages.js'
import { ownerOfActivity, type PayloadReader, readerFor } from '../../temporal/payloads.js'
import { callOf, type GrowingCall, readingOf, submissionsOf } from './calls.js'
import type { Moment, OutputFile, RunFile, SubmissionFile } from './caseFile.js'
import { takeEvent } from './events.js'
import { failureOf } from './failure.js'
import { type GrowingRun, newRun } from './runBuilder.js'
import { Outcome, type ShownOutcome, type ShownTask } from './schemas.js'

export interface RunSource {
  /** Empty for an exported history, which does not contain it. */
  readonly namespace: string
  readonly workflowId: string
  readonly runId: string
  readonly events: readonly HistoryEvent[]
  /** Pending activities. A history does not show an attempt before its call has ended. */
  readonly pending?: readonly temporal.api.workflow.v1.IPendingActivityInfo[]
  readonly read: PayloadReader
  readonly uiUrl?: string
  /** The reason of a rerun. */
  readonly reason?: string
}

/** Reads the whole history of a run. */
export async function runFileOf(source: RunSource): Promise<RunFile> {
  const { workflowId, runId, events, read, uiUrl, reason } = source
  const run = newRun(source)
  for (const event of events) await takeEvent(run, event, read)
  const calls = [...run.calls.values()]
  await takePending(calls, source)
  const outcome = stepTypes.includes(run.type) ? Outcome.safeParse(run.result).data : undefined
  const whole = outcome?.truncated ? undefined : outcome
  const tasks = whole?.tasks ?? latest(calls.flatMap((call) => readingOf(call) ?? []))
  return {
    workflowId,
    runId,
    type: run.type,
    status: run.status,
    startedAt: run.startedAt,
    ...(run.closedAt === undefined ? {} : { closedAt: run.closedAt }),
    startedBy: run.startedBy,
    ...(uiUrl === undefined ? {} : { uiUrl }),
    input: run.input,
    ...(reason === undefined ? {} : { reason }),
    ...(outcome ? { outcome } : run.result === undefined ? {} : { result: run.result }),
    ...(run.failure ? { failure: run.failure } : {}),
    ...(run.closedAt !== undefined && neverBegan(beginningIn(events)) ? { neverBegan: true as const } : {}),
    submissions: submissionsOf(calls).map((each) => withFound(each, tasks)),
    tasks,
    outputs: outputsOf(tasks, outcome),
    verdicts: tasks.flatMap(({ TaskId, FileId, verdicts }) =>
      verdicts.map((verdict) => ({ TaskId, FileId, ...verdict })),
    ),
    moments: momentsOf(run),
    events: events.length,
  }
}

/** Adds the attempts of pending calls. */
async function takePending(
  calls: readonly GrowingCall[],
  { namespace, workflowId, pending = [], read }: RunSource,
): Promise<void> {
  for (const { activityId, attempt, lastFailure } of pending) {
    const call = calls.find((each) => each.state === 'open' && each.activityId === activityId)
    if (!call) continue
    call.attempts = attempt ?? 1
    const owner = ownerOfActivity(namespace, { workflowId, activityId: call.activityId })
    if (lastFailure) call.failure = await failureOf(lastFailure, readerFor(read, owner))
  }
}

/** Adds the tasks that were found by the SessionId to a submission whose answer was lost. */
function withFound(submission: SubmissionFile, tasks: readonly ShownTask[]): SubmissionFile {
  if (submission.TaskIds.length > 0 || submission.SessionId === undefined) return submission
  const found = tasks.filter(({ SessionId }) => SessionId === submission.SessionId)
  return { ...submission, TaskIds: found.flatMap(({ TaskId }) => TaskId ?? []) }
}

/** Sorts the lines by time, because the history lists a signal that arrived during a workflow task after the commands of that task. */
function momentsOf({ lines, closedAt }: GrowingRun): Moment[] {
  const moments = lines.map((line) => ('kind' in line ? line : callOf(line, closedAt !== undefined)))
  return moments.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.eventId - b.eventId)
}

/** Returns the last reading of each task, in the order of the first readings. A task without an id is read once. */
function latest(readings: readonly ShownTask[]): ShownTask[] {
  return [...new Map(readings.map((task) => [task.TaskId ?? task, task])).values()]
}

function outputsOf(tasks: readonly ShownTask[], outcome: ShownOutcome | undefined): OutputFile[] {
  const parts = [
    ...tasks.flatMap(({ TaskId, parts }) => parts.map((part) => ({ TaskId, ...part }))),
    ...(outcome?.mediaOutputs ?? []).map((part) => ({ TaskId: undefined, ...part })),
  ]
  return parts.flatMap(({ TaskId, Type, Definition, urls }) =>
    urls.map((url) => ({ TaskId, Type, ...(Definition === undefined ? {} : { Definition }), url })),
  )
}
