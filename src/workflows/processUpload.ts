import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  sleep,
  WorkflowIdReusePolicy,
  workflowInfo,
} from '@temporalio/workflow'
import type { VodActivities } from '../contract/activities.js'
import { defaultDelays } from '../contract/delays.js'
import type { Outcome, StartedTask } from '../contract/outcome.js'
import { queueFor } from '../contract/queues.js'
import { memoFields } from '../contract/runNames.js'
import { utf8Length } from '../contract/text.js'
import {
  startsWithUpload,
  type UploadedMedia,
  type UploadInput,
  type UploadWork,
  uploadIdOf,
} from '../contract/upload.js'
import { refuse } from './refuse.js'
import { requireValid } from './run/check.js'
import { requireInbox } from './run/inbox.js'
import { maxIdBytes, uploadInput } from './run/inputs.js'
import { adopt } from './step/adoptTask.js'
import { processMediaByProcedure } from './steps.js'

/** What came of an upload for which a rule has started a run. */
export interface UploadReport {
  readonly FileId: string
  /**
   * `adopted`: the upload brought a Procedure of its own, so nothing was submitted, and the outcome is of its tasks. `ignored`: VOD
   * does not have it, or the rule does not mean it.
   */
  readonly status: 'processed' | 'adopted' | 'ignored'
  readonly reason: string
  /** Of a procedure. */
  readonly outcome?: Outcome
  /** Of a workflow of yours. */
  readonly result?: unknown
}

/**
 * Does what the upload rule says with a new media file, once VOD has confirmed it. Started by the callback service for each
 * NewFileUpload event, under an id that is taken once for each file. An upload that brought a Procedure of its own is billed
 * already: its tasks are waited for, and a workflow of yours is given them.
 *
 * @throws ApplicationFailure of type `InvalidInput` when the input is invalid, and as `processMediaByProcedure` does when VOD refuses the
 *   request. ChildWorkflowFailure when a workflow of yours fails.
 */
export async function processUpload(input: UploadInput): Promise<UploadReport> {
  requireInbox('processUpload')
  requireValid(input ?? {}, uploadInput)
  const { FileId, SubAppId, account = 'default', work, events, delays } = input
  if ('workflowType' in work && utf8Length(ownId(work)) > maxIdBytes)
    throw refuse('work.workflowType: is too long for an id behind that of this run; shorten one of both')
  const { confirmUpload } = reads(account, 'is the upload there, and meant?')
  // A reset run asks anew: the age of a file is that at its event.
  const confirmed = await confirmUpload({ ...input, announcedAt: workflowInfo().startTime.getTime() })
  if (confirmed.kind === 'ignored') return { FileId, status: 'ignored', reason: confirmed.reason }
  const tasks = await settledTasks(input, confirmed.media.CreateTime)
  if ('workflowType' in work) {
    const result = await runOnce(work, { ...confirmed.media, tasks })
    return { FileId, status: 'processed', reason: `by ${work.workflowType}`, result }
  }
  const [first, ...others] = tasks
  if (first && tasks.some((task) => isOwn(task, input))) {
    const siblings = others.map(({ TaskId }) => TaskId)
    const outcome = await adopt({ TaskId: first.TaskId, siblings, account, SubAppId, delays })
    return { FileId, status: 'adopted', reason: `The upload brought its own: ${outcome.reason}`, outcome }
  }
  if (tasks.length === 0 && Date.now() - Date.parse(confirmed.media.CreateTime) > listedMs) {
    const reason = 'VOD no longer lists the tasks of this upload; a batch finds the file'
    return { FileId, status: 'ignored', reason }
  }
  const { ProcedureName, onPartial } = work
  const outcome = await processMediaByProcedure({
    request: { FileId, ProcedureName, SubAppId },
    account,
    // Temporal forgets the run of a file, and an event that is repeated then starts another: VOD knows this for days.
    idempotencyKey: uploadIdOf(input),
    onPartial,
    events,
    delays,
  })
  return { FileId, status: 'processed', reason: outcome.reason, outcome }
}

/** VOD lists tasks for 72 hours. After that, nothing shows whether the upload brought a Procedure. */
const listedMs = 70 * 60 * 60_000

/** A Procedure makes a task flow, or its event names what it makes. Another system may have moderation of its own for new files. */
function isOwn({ TaskId, TaskType }: StartedTask, { tasks = [] }: UploadInput): boolean {
  return TaskType === 'Procedure' || tasks.includes(TaskId)
}

/** An upload's own task flow is listed late, and may be missing in its event: without it, another one would be billed beside it. */
async function settledTasks(input: UploadInput, CreateTime: string): Promise<readonly StartedTask[]> {
  const tasks = await uploadTasks(input, CreateTime)
  if (tasks.some((task) => isOwn(task, input))) return tasks
  await sleep(Math.max(1, input.delays?.uploadTasks ?? defaultDelays.uploadTasks), {
    summary: 'until VOD lists what the upload has started',
  })
  return uploadTasks(input, CreateTime)
}

/** What the upload itself has started: as the listing shows it, and what its event names, once the task's own detail proves it. */
async function uploadTasks(
  { FileId, SubAppId, account = 'default', tasks = [] }: UploadInput,
  CreateTime: string,
): Promise<readonly StartedTask[]> {
  const app = { account, SubAppId }
  const { findUploadTasks, DescribeTaskDetail } = reads(account, 'has the upload brought tasks of its own?')
  const { tasks: listed } = await findUploadTasks({ ...app, FileId, CreateTime })
  const unlisted = tasks.filter((named) => !listed.some(({ TaskId }) => TaskId === named))
  const looks = await Promise.all(
    unlisted.map((TaskId) =>
      DescribeTaskDetail({ ...app, TaskId, waits: [], lag: [], untilTerminal: false }),
    ),
  )
  const proven = looks.flatMap((looked) => (looked.kind === 'seen' ? [looked.reading] : []))
  const named = proven.filter(
    (reading) => reading.FileId === FileId && startsWithUpload({ SessionId: '', ...reading }, CreateTime),
  )
  return [...listed, ...named.map(({ TaskId, TaskType }) => ({ TaskId, TaskType }))]
}

type OwnWork = Extract<UploadWork, { workflowType: string }>

/** Of the run of a workflow of yours. */
function ownId({ workflowType }: Pick<OwnWork, 'workflowType'>): string {
  return `${workflowInfo().workflowId}/${workflowType}`
}

/** A reset run does not start the workflow again: it waits for the one that was started before. */
async function runOnce({ workflowType, taskQueue }: OwnWork, media: UploadedMedia): Promise<unknown> {
  const workflowId = ownId({ workflowType })
  try {
    return await executeChild(workflowType, {
      workflowId,
      taskQueue,
      args: [media],
      // A reset run asks VOD anew, and may be told another name of the file, say.
      memo: { [memoFields.key]: media.FileId },
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    const { awaitRun } = reads(media.account, 'started before: how has it ended?')
    return (await awaitRun({ workflowId, workflowType })).result
  }
}

function reads(account: string, summary: string): VodActivities {
  return proxyActivities<VodActivities>({
    taskQueue: queueFor(account, 'confirmUpload'),
    startToCloseTimeout: 30_000,
    retry: { initialInterval: 2_000, backoffCoefficient: 2, maximumInterval: 60_000 },
    summary,
  })
}
