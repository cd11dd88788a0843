import { ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  executeChild,
  ParentClosePolicy,
  sleep,
  WorkflowIdReusePolicy,
  workflowInfo,
} from '@temporalio/workflow'
import type { ReadResult, UploadTasks } from '../contract/activities.js'
import { passing } from '../contract/check.js'
import { msOf } from '../contract/duration.js'
import { uploadInput } from '../contract/inputs.js'
import { distinct, isName, object } from '../contract/json.js'
import type { Outcome, StartedTask, TaskReading } from '../contract/outcome.js'
import { confirmedMedia } from '../contract/results.js'
import { maxIdBytes, memoFields } from '../contract/runNames.js'
import { cut, utf8Length } from '../contract/text.js'
import { hour, minute } from '../contract/time.js'
import {
  type ConfirmedUpload,
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
import { sameWork } from './sameWork.js'
import { adopt } from './step/adoptTask.js'
import { returnOrThrow } from './step/returnOrThrow.js'
import { processMediaByProcedure } from './steps.js'
import { requireResult } from './unchecked.js'
import { readTask, tasksOf, uploadReads } from './uploadReads.js'

/** The time within which VOD lists the tasks of an upload (UNVERIFIED), in ms. */
const defaultUploadTasksMs = minute

/** The result of a run of an upload rule whose media succeeded. */
export interface UploadReport {
  /** Id of the media file. */
  readonly FileId: string
  /**
   * `adopted`: the upload started a Procedure of its own, or VOD already does for another run or program what the rule's procedure does.
   * Nothing was submitted, and the outcome is that of those tasks. `ignored`: the rule does not apply to the file, see `reason`.
   */
  readonly status: 'processed' | 'adopted' | 'ignored'
  /** Why the upload was processed, adopted or ignored. */
  readonly reason: string
  /** The outcome of a procedure. */
  readonly outcome?: Outcome
  /** The result of a workflow of yours. */
  readonly result?: unknown
}

/**
 * Applies an upload rule to a new media file, once VOD has confirmed the file. The callback service starts it for each
 * NewFileUpload event, with an id that is unique to the file. The tasks of an upload with a Procedure of its own are already
 * billed: the run waits for them, or passes them to a workflow of yours.
 *
 * @throws ApplicationFailure of type `InvalidInput` if the input is invalid, of type `UploadUnknown` if VOD does not show whether the
 *   upload started a task that its event names, or whether the file is already processed, and as `processMediaByProcedure` does if VOD
 *   refuses the request or the media do not succeed. ChildWorkflowFailure if a workflow of yours fails.
 */
export async function processUpload(input: UploadInput): Promise<UploadReport> {
  requireInbox('processUpload')
  requireValid(input, uploadInput)
  const { FileId, SubAppId, account = 'default', work, callbacks } = input
  const { uploadTasks = defaultUploadTasksMs, ...delays } = input.delays ?? {}
  if ('workflowType' in work && utf8Length(ownId(work)) > maxIdBytes)
    throw refuse(
      'work.workflowType',
      'makes the workflow id of the child too long',
      'shorten it, or the name of the rule',
    )
  const confirmed = await confirm(input)
  if (confirmed.kind === 'ignored') return { FileId, status: 'ignored', reason: confirmed.reason }
  const { CreateTime } = confirmed.media
  const file = await settledTasks(input, { CreateTime, waitMs: msOf(uploadTasks) })
  if ('workflowType' in work) {
    const app = SubAppId === undefined ? {} : { SubAppId }
    const result = await runOnce(work, { ...confirmed.media, ...app, account, tasks: file.tasks })
    return { FileId, status: 'processed', reason: `by ${work.workflowType}`, result }
  }
  const { ProcedureName, onPartial } = work
  const paid = await paidAlready(file, input, { CreateTime, ProcedureName })
  const [first, ...others] = paid.tasks
  if (first) {
    const siblings = others.map(({ TaskId }) => TaskId)
    const outcome = await adopt({ TaskId: first.TaskId, siblings, account, SubAppId, delays })
    if (outcome.FileId !== undefined && outcome.FileId !== FileId) throw contradictedUpload(first)
    returnOrThrow(outcome, work)
    return { FileId, status: 'adopted', reason: `${paid.why}: ${outcome.reason}`, outcome }
  }
  if (file.tasks.length === 0 && Date.now() - Date.parse(CreateTime) > listedMs) {
    const reason = 'VOD no longer lists the tasks of this upload; process the file with a batch'
    return { FileId, status: 'ignored', reason }
  }
  const outcome = await processMediaByProcedure({
    request: { FileId, ProcedureName, SubAppId },
    account,
    // Once Temporal has deleted the run of a file, a repeated event starts another one. VOD remembers the key for days.
    idempotencyKey: uploadIdOf(input),
    onPartial,
    callbacks,
    delays,
  })
  return { FileId, status: 'processed', reason: outcome.reason, outcome }
}

/** Asks VOD whether the upload exists, and whether the rule applies to it. */
function confirm(input: UploadInput): Promise<ConfirmedUpload> {
  const { confirmUpload } = uploadReads(input.account, 'does the upload exist, and does the rule match it?')
  // A reset run asks again, so the age of the file is measured at the time of its event.
  const announced = { ...input, announcedAt: workflowInfo().startTime.getTime() }
  return requireResult(
    'confirmUpload',
    () => confirmUpload(announced),
    (result) => asConfirmed(result, input.FileId),
  )
}

const maxReason = 2_000

function asConfirmed(result: unknown, FileId: string): ConfirmedUpload | undefined {
  const { kind, reason, media } = Object(result) as Readonly<Record<string, unknown>>
  if (kind === 'ignored')
    return typeof reason === 'string' ? { kind, reason: cut(reason, maxReason) } : undefined
  const shown = kind === 'confirmed' ? passing(confirmedMedia, media) : undefined
  if (shown?.FileId !== FileId) return undefined
  const { Name, ClassId, Category, StoragePath, SourceContext, CreateTime } = shown
  const stored = {
    ...(StoragePath === undefined ? {} : { StoragePath }),
    ...(SourceContext === undefined ? {} : { SourceContext }),
  }
  return { kind: 'confirmed', media: { FileId, Name, ClassId, Category, ...stored, CreateTime } }
}

/** VOD lists tasks for 72 hours. After that, nothing shows whether the upload brought a Procedure. */
const listedMs = 70 * hour

interface PaidTasks {
  readonly tasks: readonly StartedTask[]
  readonly why: string
}

/** The wait before the tasks of a file are listed again, after the detail of one of them was about another file, in ms. */
const relistMs = 5_000

/**
 * Returns the tasks that already do the work of the rule, or none if the rule must submit.
 *
 * @throws ApplicationFailure of type `UploadUnknown` if two listings name a task that is about another file by its detail.
 */
async function paidAlready(
  file: FileTasks,
  input: UploadInput,
  { CreateTime, ProcedureName }: { readonly CreateTime: string; readonly ProcedureName: string },
): Promise<PaidTasks> {
  let { tasks, others } = file
  for (let isLast = false; ; isLast = true) {
    if (tasks.some((task) => isOwn(task, input))) return { tasks, why: 'The upload started its own tasks' }
    const same = await sameWork([...tasks, ...others], input, ProcedureName)
    const [first] = same.tasks
    const asked =
      first?.workflowId === undefined ? 'Another program, or the upload,' : `Run "${first.workflowId}"`
    if (!first || !same.isContradicted)
      return { tasks: same.tasks, why: `${asked} already had VOD do what ${ProcedureName} does` }
    if (isLast) throw contradictedUpload(first)
    await sleep(relistMs, { summary: 'until VOD lists the tasks of the file without contradiction' })
    ;({ tasks, others } = await uploadTasks(input, CreateTime))
  }
}

/** A Procedure makes a task flow, or its event names its tasks. Any other moderation may come from another system. */
function isOwn({ TaskId, TaskType }: StartedTask, { tasks = [] }: UploadInput): boolean {
  return TaskType === 'Procedure' || tasks.includes(TaskId)
}

/**
 * Reads the tasks of the upload again after a wait. VOD may list each type of task late, and the event may omit tasks. A missing task
 * would be billed again, or its verdict would not count.
 *
 * @throws ApplicationFailure of type `UploadUnknown` if VOD does not show whether the upload started a task that its event names.
 */
async function settledTasks(
  input: UploadInput,
  { CreateTime, waitMs }: { readonly CreateTime: string; readonly waitMs: number },
): Promise<FileTasks> {
  const first = await uploadTasks(input, CreateTime)
  const { tasks: named = [] } = input
  // VOD's event names all tasks of the upload, or none.
  if (named.length > 0 && named.every((id) => first.tasks.some(({ TaskId }) => TaskId === id))) return first
  await sleep(Math.max(1, waitMs), {
    summary: 'until VOD lists the tasks of the upload',
  })
  const {
    unplaced: [unplaced],
    ...settled
  } = await uploadTasks(input, CreateTime)
  if (unplaced) {
    const lack = `the detail has no readable ${unplaced.lacks}`
    throw unknownUpload(
      `whether the upload started task "${unplaced.TaskId}", which its event names: ${lack}`,
    )
  }
  // A listing may omit what an earlier one has shown.
  const shown = (tasks: keyof FileTasks) =>
    distinct([...first[tasks], ...settled[tasks]], ({ TaskId }) => TaskId)
  return { tasks: shown('tasks'), others: shown('others') }
}

/** A task that an event names, and the missing member of its detail that shows whether the upload started it. */
interface UnplacedTask {
  readonly TaskId: string
  readonly lacks: string
}

function contradictedUpload({ TaskId }: StartedTask): ApplicationFailure {
  return unknownUpload(
    `whether the file is already processed: it lists task "${TaskId}", whose detail is about another file or task`,
  )
}

function unknownUpload(what: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `VOD does not show ${what}. Nothing was submitted; reset this run with temporal workflow reset --type FirstWorkflowTask to ask VOD again`,
    uploadUnknownType,
  )
}

type FileTasks = Required<UploadTasks>

interface UploadTasksShown extends FileTasks {
  readonly unplaced: readonly UnplacedTask[]
}

/**
 * Returns the tasks of the upload: those in the listing, and those in its event whose detail proves that they belong to it. The listing
 * also shows those of others.
 */
async function uploadTasks(
  { FileId, SubAppId, account = 'default', tasks = [] }: UploadInput,
  CreateTime: string,
): Promise<UploadTasksShown> {
  const app = { account, SubAppId }
  const why = 'did the upload start tasks of its own?'
  const { tasks: listed, others = [] } = await tasksOf(app, { FileId, CreateTime }, why)
  const unlisted = tasks.filter((named) => !listed.some(({ TaskId }) => TaskId === named))
  const results = await Promise.all(
    unlisted.map(async (TaskId) => ({
      TaskId,
      result: await placed(TaskId),
    })),
  )
  const isOfUpload = (reading: TaskReading) =>
    reading.FileId === FileId && startsWithUpload(reading, CreateTime)
  const own = results.flatMap(({ TaskId, result }) =>
    result.kind === 'seen' && isOfUpload(result.reading)
      ? [{ TaskId, TaskType: result.reading.TaskType }]
      : [],
  )
  const unplaced = results.flatMap(({ TaskId, result }) => {
    const lacks = own.some((task) => task.TaskId === TaskId) ? undefined : lackOf(result)
    return lacks === undefined ? [] : [{ TaskId, lacks }]
  })
  return { tasks: [...listed, ...own], others, unplaced }

  /** A task of another file is read twice, because the upload would be billed again if only that answer was about another file. */
  async function placed(TaskId: string): Promise<ReadResult> {
    const result = await readTask(app, { TaskId }, why)
    const isOther =
      result.kind === 'seen' && isName(result.reading.FileId) && result.reading.FileId !== FileId
    return isOther ? readTask(app, { TaskId }, why) : result
  }
}

function lackOf(result: ReadResult): string | undefined {
  if (result.kind === 'gone') return result.answeredAbout === undefined ? undefined : 'TaskId'
  return lackInPlacing(result.reading) ?? (result.namesNone ? 'TaskId' : undefined)
}

type OwnWork = Extract<UploadWork, { workflowType: string }>

/** Returns the workflow id of the child. */
function ownId({ workflowType }: Pick<OwnWork, 'workflowType'>): string {
  return `${workflowInfo().workflowId}/${workflowType}`
}

/** Starts the workflow once. A reset run waits for the one that was started earlier. */
async function runOnce({ workflowType, taskQueue }: OwnWork, media: UploadedMedia): Promise<unknown> {
  const workflowId = ownId({ workflowType })
  try {
    return await executeChild(workflowType, {
      workflowId,
      taskQueue,
      args: [media],
      // The FileId names this child start, because a reset run asks VOD again and may get other arguments, e.g. a new name of the file.
      memo: { [memoFields.key]: media.FileId },
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    const { awaitRun } = uploadReads(media.account, 'already started: wait for its result')
    return (await requireResult('awaitRun', () => awaitRun({ workflowId, workflowType }), object)).result
  }
}
