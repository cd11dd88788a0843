import type { temporal } from '@temporalio/proto'
import type { GateView } from '../../contract/gates.js'
import { stepTypes } from '../../contract/runNames.js'
import { beginningIn, neverBegan } from '../../temporal/beginning.js'
import type { HistoryEvent } from '../../temporal/historyPages.js'
import { ownerOfActivity, type PayloadReader, readerFor } from '../../temporal/payloads.js'
import { batchFileOf } from './batchFile.js'
import { callOf, type GrowingCall, readingOf, submissionsOf } from './calls.js'
import type { Moment, RunFile, SubmissionFile } from './caseFile.js'
import { takeEvent } from './events.js'
import { failureOf } from './failure.js'
import { outputsOf } from './outputs.js'
import { problemsOf } from './problems.js'
import { withoutRepaired } from './repairs.js'
import { type GrowingRun, newRun } from './runBuilder.js'
import { Outcome, type ShownTask } from './schemas.js'

export interface RunSource {
  /** Empty for an exported history, which does not contain it. */
  readonly namespace: string
  readonly workflowId: string
  readonly runId: string
  readonly events: readonly HistoryEvent[]
  /** Pending activities. A history does not show an attempt before its call has ended. */
  readonly pending?: readonly temporal.api.workflow.v1.IPendingActivityInfo[]
  /** The gates that wait. A history shows only their names. */
  readonly gates?: readonly GateView[]
  readonly read: PayloadReader
  readonly uiUrl?: string | undefined
  /** The reason of a rerun. */
  readonly reason?: string | undefined
}

/** Reads the whole history of a run. */
export async function runFileOf(source: RunSource): Promise<RunFile> {
  const { workflowId, runId, events, read, uiUrl, reason, gates = [] } = source
  const run = newRun(source)
  for (const event of events) await takeEvent(run, event, read)
  const calls = [...run.calls.values()]
  await takePending(calls, source)
  const outcome = stepTypes.includes(run.type) ? Outcome.safeParse(run.result).data : undefined
  const whole = outcome?.truncated ? undefined : outcome
  const tasks = whole?.tasks ?? latest(calls.flatMap((call) => readingOf(call) ?? []))
  const submissions = submissionsOf(calls).map((each) => withFound(each, tasks))
  const batch = batchFileOf(run, workflowId)
  const file = {
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
    ...(gates.length > 0 ? { gates } : {}),
    ...(batch ? { batch } : {}),
    submissions,
    tasks,
    outputs: outputsOf(withoutRepaired(tasks, submissions), outcome),
    verdicts: tasks.flatMap(({ TaskId, FileId, verdicts }) =>
      verdicts.map((verdict) => ({ TaskId, FileId, ...verdict })),
    ),
    moments: momentsOf(run),
    events: events.length,
  }
  return { ...file, problems: problemsOf(file) }
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
