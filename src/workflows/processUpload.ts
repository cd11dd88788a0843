import { ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  executeChild,
  ParentClosePolicy,
  proxyActivities,
  sleep,
  WorkflowIdReusePolicy,
  workflowInfo,
} from '@temporalio/workflow'
import type { ReadResult, ReviewRequest, VodActivities } from '../contract/activities.js'
import { defaultDelays } from '../contract/delays.js'
import { msOf } from '../contract/duration.js'
import { uploadInput } from '../contract/inputs.js'
import type { Outcome, StartedTask, TaskReading } from '../contract/outcome.js'
import { queueFor } from '../contract/queues.js'
import { maxIdBytes, memoFields } from '../contract/runNames.js'
import { utf8Length } from '../contract/text.js'
import { hour, minute } from '../contract/time.js'
import {
  lackInPlacing,
  startsWithUpload,
  type UploadedMedia,
  type UploadInput,
  type UploadWork,
  uploadIdOf,
  uploadUnknownType,
} from '../contract/upload.js'
import { refuse, requireValid } from './refuse.js'
import { requireInbox } from './run/inbox.js'
import { adopt } from './step/adoptTask.js'
import { returnOrThrow } from './step/returnOrThrow.js'
import { processMediaByProcedure } from './steps.js'

/** What came of an upload for which a rule has started a run, and whose media succeeded. */
export interface UploadReport {
  /** Id of the media file. */
  readonly FileId: string
  /**
   * `adopted`: the upload brought a Procedure of its own, or is moderated already as the rule would and the rule does no more. Nothing was
   * submitted, and the outcome is of those tasks. `ignored`: VOD does not have it, or the rule does not mean it.
   */
  readonly status: 'processed' | 'adopted' | 'ignored'
  /** Why the upload was processed, adopted or ignored, in one sentence. */
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
 * @throws ApplicationFailure of type `InvalidInput` when the input is invalid, of type `UploadUnknown` when VOD does not show whether the
 *   upload has started a task that its event names, and as `processMediaByProcedure` does when VOD refuses the request or the media did not
 *   succeed. ChildWorkflowFailure when a workflow of yours fails.
 */
export async function processUpload(input: UploadInput): Promise<UploadReport> {
  requireInbox('processUpload')
  requireValid(input, uploadInput)
  const { FileId, SubAppId, account = 'default', work, callbacks, delays } = input
  if ('workflowType' in work && utf8Length(ownId(work)) > maxIdBytes)
    throw refuse('work.workflowType', 'is too long for an id behind that of this run', 'shorten one of both')
  const { confirmUpload } = reads(account, 'is the upload there, and meant?')
  // A reset run asks anew: the age of a file is that at its event.
  const confirmed = await confirmUpload({ ...input, announcedAt: workflowInfo().startTime.getTime() })
  if (confirmed.kind === 'ignored') return { FileId, status: 'ignored', reason: confirmed.reason }
  const tasks = await settledTasks(input, confirmed.media.CreateTime)
  if ('workflowType' in work) {
    const result = await runOnce(work, { ...confirmed.media, tasks })
    return { FileId, status: 'processed', reason: `by ${work.workflowType}`, result }
  }
  const { ProcedureName, onPartial } = work
  const paid = await paidAlready(tasks, input, ProcedureName)
  const [first, ...others] = paid.tasks
  if (first) {
    const siblings = others.map(({ TaskId }) => TaskId)
    const outcome = await adopt({ TaskId: first.TaskId, siblings, account, SubAppId, delays })
    returnOrThrow(outcome, work)
    return { FileId, status: 'adopted', reason: `${paid.why}: ${outcome.reason}`, outcome }
  }
  if (tasks.length === 0 && Date.now() - Date.parse(confirmed.media.CreateTime) > listedMs) {
    const reason = 'VOD no longer lists the tasks of this upload; a batch finds the file'
    return { FileId, status: 'ignored', reason }
  }
  const outcome = await processMediaByProcedure({
    request: { FileId, ProcedureName, SubAppId },
    account,
    // Temporal forgets the run of a file, and an event that is repeated then starts another: VOD knows this for days.
    idempotencyKey: uploadIdOf(input),
    onPartial,
    callbacks,
    delays,
  })
  return { FileId, status: 'processed', reason: outcome.reason, outcome }
}

/** VOD lists tasks for 72 hours. After that, nothing shows whether the upload brought a Procedure. */
const listedMs = 70 * hour

interface PaidTasks {
  readonly tasks: readonly StartedTask[]
  readonly why: string
}

/** The tasks that stand for what the rule would do; none: the rule does it. */
async function paidAlready(
  tasks: readonly StartedTask[],
  input: UploadInput,
  ProcedureName: string,
): Promise<PaidTasks> {
  if (tasks.some((task) => isOwn(task, input))) return { tasks, why: 'The upload brought its own' }
  const same = await sameReviews(tasks, input, ProcedureName)
  return { tasks: same, why: `VOD had been asked for all that ${ProcedureName} does` }
}

/** A Procedure makes a task flow, or its event names what it makes. Another system may have moderation of its own for new files. */
function isOwn({ TaskId, TaskType }: StartedTask, { tasks = [] }: UploadInput): boolean {
  return TaskType === 'Procedure' || tasks.includes(TaskId)
}

/**
 * Moderation that the rule would repeat, whoever has asked for it. Where the rule does more, moderation stands for nothing: VOD starts no
 * part of a template.
 */
async function sameReviews(
  tasks: readonly StartedTask[],
  { SubAppId, account = 'default' }: UploadInput,
  ProcedureName: string,
): Promise<readonly StartedTask[]> {
  if (tasks.length === 0) return []
  const app = { account, SubAppId }
  const { readTemplateTasks, DescribeTaskDetail } = reads(account, 'is it moderated as the rule would?')
  const { TaskTypes, review } = await readTemplateTasks({ ...app, ProcedureName })
  if (!review || TaskTypes.length > 1) return []
  const looks = await Promise.all(
    tasks.map(async (task) => ({
      task,
      looked: await DescribeTaskDetail({
        ...app,
        TaskId: task.TaskId,
        waits: [],
        lag: [],
        untilTerminal: false,
      }),
    })),
  )
  return looks.filter(({ looked }) => mayBeSame(looked, review)).map(({ task }) => task)
}

/** Also where VOD does not show what was asked for: the same moderation would be billed again. */
function mayBeSame(looked: ReadResult, { Definition, contents }: ReviewRequest): boolean {
  if (looked.kind !== 'seen' || looked.ofAnother) return true
  const { parts, verdicts = [] } = looked.reading
  const shown = parts[0]?.Definition ?? Definition
  return shown === Definition && contents.every((asked) => verdicts.some(({ of }) => of === asked))
}

/**
 * What an upload has started is listed late, each type of task in its own time, and may be missing in its event: without it, it would be
 * billed again, or its verdict would not count.
 *
 * @throws ApplicationFailure of type `UploadUnknown` when VOD does not show whether the upload has started a task that its event names.
 */
async function settledTasks(input: UploadInput, CreateTime: string): Promise<readonly StartedTask[]> {
  const { tasks } = await uploadTasks(input, CreateTime)
  const { tasks: named = [] } = input
  // VOD's event names all that the upload has started, or nothing.
  if (named.length > 0 && named.every((id) => tasks.some(({ TaskId }) => TaskId === id))) return tasks
  const wait = msOf(input.delays?.uploadTasks ?? defaultDelays.uploadTasks)
  await sleep(Math.max(1, wait), {
    summary: 'until VOD lists what the upload has started',
  })
  const settled = await uploadTasks(input, CreateTime)
  const [unplaced] = settled.unplaced
  if (unplaced) throw unknownUpload(unplaced)
  return settled.tasks
}

/** A task that an event names, and the member of its detail without which nobody knows whether the upload has started it. */
interface UnplacedTask {
  readonly TaskId: string
  readonly lacks: string
}

function unknownUpload({ TaskId, lacks }: UnplacedTask): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `VOD does not show whether the upload has started task "${TaskId}", which its event names: the detail has no ${lacks} that can be read. Nothing was submitted; retry this run to ask VOD again`,
    uploadUnknownType,
  )
}

interface UploadTasksShown {
  readonly tasks: readonly StartedTask[]
  readonly unplaced: readonly UnplacedTask[]
}

/** What the upload itself has started: as the listing shows it, and what its event names, once the task's own detail proves it. */
async function uploadTasks(
  { FileId, SubAppId, account = 'default', tasks = [] }: UploadInput,
  CreateTime: string,
): Promise<UploadTasksShown> {
  const app = { account, SubAppId }
  const { findUploadTasks, DescribeTaskDetail } = reads(account, 'has the upload brought tasks of its own?')
  const { tasks: listed } = await findUploadTasks({ ...app, FileId, CreateTime })
  const unlisted = tasks.filter((named) => !listed.some(({ TaskId }) => TaskId === named))
  const looks = await Promise.all(
    unlisted.map(async (TaskId) => ({
      TaskId,
      looked: await DescribeTaskDetail({ ...app, TaskId, waits: [], lag: [], untilTerminal: false }),
    })),
  )
  const isOfUpload = (reading: TaskReading) =>
    reading.FileId === FileId && startsWithUpload(reading, CreateTime)
  const own = looks.flatMap(({ TaskId, looked }) =>
    looked.kind === 'seen' && isOfUpload(looked.reading)
      ? [{ TaskId, TaskType: looked.reading.TaskType }]
      : [],
  )
  const unplaced = looks.flatMap(({ TaskId, looked }) => {
    const lacks = own.some((task) => task.TaskId === TaskId) ? undefined : lackOf(looked)
    return lacks === undefined ? [] : [{ TaskId, lacks }]
  })
  return { tasks: [...listed, ...own], unplaced }
}

function lackOf(looked: ReadResult): string | undefined {
  if (looked.kind !== 'seen') return undefined
  return lackInPlacing(looked.reading) ?? (looked.ofAnother ? 'TaskId' : undefined)
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
    retry: { initialInterval: 2_000, backoffCoefficient: 2, maximumInterval: minute },
    summary,
  })
}
