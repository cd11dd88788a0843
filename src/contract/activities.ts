import type { SubmitAction } from './actions.js'
import type { AppAddress } from './appAddress.js'
import type { AskedResults } from './asked.js'
import type { BatchInput, ItemEnded } from './batch.js'
import type { CheckRuns, Ids, IdsPage, OpenedBatch, StartResults, StartRuns } from './batchActivities.js'
import type { Identity } from './identity.js'
import type { StartedTask, TaskPart, TaskReading } from './outcome.js'
import type { AskedProcedures } from './procedures.js'
import type { ReportsToBatch, StepInput } from './stepInput.js'
import type { AnnouncedUpload, ConfirmedUpload } from './upload.js'

/** The submit activities, one for each asynchronous action. */
type SubmitActivities = { [A in SubmitAction]: (submission: PackedSubmission<A>) => Promise<SubmitResult> }

/**
 * The activities that workflows call. Those of a step have the names of VOD's actions. One attempt of an activity makes at most one call to
 * VOD, except a read that must also read templates.
 */
export interface VodActivities extends SubmitActivities, BatchActivities {
  DescribeTaskDetail(input: ReadInput): Promise<ReadResult>
  DescribeTasks(search: TaskSearch): Promise<TaskSearchResult>
  ManageTask(abort: AbortInput): Promise<AbortResult>
  /** Calls DescribeProcedureTemplates and returns the tasks that a template makes. */
  readTemplateTasks(template: TemplateName): Promise<TemplateTasks>
  /** Calls DescribeMediaInfos and returns the outputs of a media file. */
  readMediaOutputs(media: MediaAddress): Promise<MediaOutputs>
  /** Calls DescribeMediaInfos to confirm an upload. */
  confirmUpload(upload: AnnouncedUpload): Promise<ConfirmedUpload>
  /** Calls DescribeTasks for an uploaded file and returns the tasks that the upload itself or others started. */
  findUploadTasks(upload: UploadedFile): Promise<UploadTasks>
  /** Returns the result of a workflow that was started earlier, without a call to VOD. */
  awaitRun(run: AwaitRun): Promise<{ readonly result: unknown }>
  /** Reads pages of SearchMedia until the media file of a pull is found. */
  findPulled(pull: PullSearch): Promise<PullSearchResult>
  /** Reads pages of DescribeTasks, and sends a hint for each finished task. */
  sweepTasks(sweep: SweepPass): Promise<SweepResult>
  /** Checks that a search attribute exists, without a call to VOD. A run that sets a missing attribute would be stuck. */
  searchAttributeExists(name: string): Promise<boolean>
}

/** The activities of a batch. Each makes at most one call to VOD. */
export interface BatchActivities {
  openBatch(input: BatchInput): Promise<OpenedBatch>
  readIds(page: IdsPage): Promise<Ids>
  startRuns(part: StartRuns): Promise<StartResults>
  checkRuns(check: CheckRuns): Promise<readonly ItemEnded[]>
}

/** The activities that do not call VOD. They run on the queue of the workflow itself. */
export interface WebhookActivities {
  sendWebhook(message: WebhookMessage): Promise<{ readonly id: string }>
}

export interface WebhookMessage {
  /** The name of one of the worker's endpoints. */
  readonly endpoint: string
  readonly type: string
  readonly data: unknown
  /** `chain` and `key` together are the identity of the message. */
  readonly chain: string
  readonly key: string
  /** The waits before further attempts, in ms. */
  readonly retryDelays: readonly number[]
}

/** The input of an action that is not a step. The name of the action is the activity type. */
export interface VodCall {
  readonly account: string
  readonly request: Readonly<Record<string, unknown>>
}

/** One submission of a step. */
export interface Submission<A extends SubmitAction = SubmitAction> {
  /** The unparsed input of the run. The activity parses it, because a run can be started by name from anywhere. */
  readonly input: StepInput<A> & ReportsToBatch
  /** The identity that names the work if there is no idempotencyKey. */
  readonly identity: Identity
  /** The key of the step in its run. */
  readonly key: string
  readonly attempt: number
  /** The first execution of the run. */
  readonly chain: string
  /** The execution that scheduled the activity. After a reset, another one may run it. */
  readonly runId: string
  /** The time at which an earlier, unanswered activity of this submission was scheduled, in ms since the epoch. */
  readonly sent?: number | undefined
}

/** A {@link Submission} as its activity receives it. `unpacked` derives the absent members from the others. */
export type PackedSubmission<A extends SubmitAction = SubmitAction> = Pick<Submission<A>, 'input' | 'runId'> &
  Partial<Submission<A>>

/**
 * The result of a submit activity.
 * `duplicate`: an earlier send was accepted, but VOD does not name its task.
 * `doubtful`: VOD refuses, or must not be asked again, but an earlier send may have been accepted. The refusal is
 * believed unless a listing shows a task, if only another workflow with the same idempotencyKey can have sent it, or if VOD refused every
 * send before it called one a duplicate.
 */
export type SubmitResult =
  | ({
      readonly kind: 'accepted'
      readonly SessionId: string
      readonly tasks: readonly StepTask[]
      /** The answer lacks a required member, so VOD may have made more tasks than it names. */
      readonly incomplete?: true
    } & WithRequestId)
  | ({ readonly kind: 'duplicate'; readonly SessionId: string } & SentSince & WithRequestId)
  | ({
      readonly kind: 'doubtful'
      readonly SessionId: string
      readonly refusal: string
      /** An earlier send is so old that VOD may no longer show its task. */
      readonly expired?: true
      readonly believedUnlessFound?: RefusalFailure
    } & SentSince)

/** The failure that a refusal by VOD becomes. */
export interface RefusalFailure {
  readonly message: string
  readonly type: string
  readonly details: readonly unknown[]
}

export interface SentSince {
  /** The earliest time of a send, in ms since the epoch. Absent if it is unknown. */
  readonly sentSince?: number | undefined
}

/** The RequestId that Tencent's support asks for. It is in the history for people, and no decision depends on it. */
export interface WithRequestId {
  /** The RequestId of the answer that was used. */
  readonly requestId?: string
}

/** One of the tasks that one submission made. */
export interface StepTask {
  readonly TaskId: string
  readonly TaskType: string
  /** The time at which VOD made it, in ms since the epoch. For a fresh submission, the time of the call. */
  readonly createdAt: number
  /** A listing shows that the task has ended, so its event may already have been delivered. */
  readonly ended?: true
  /** Another run asked for the task, so its events are delivered there. */
  readonly elsewhere?: true
}

export interface ReadInput extends AppAddress {
  readonly TaskId: string
  /** The media file of the request, or the new one that a started task flow works on. An answer about another file is not believed. */
  readonly FileId?: string
  /**
   * The waits before an open task is read again, in ms. Each is one retry of the activity, which adds nothing to the history.
   * If empty, the task is read once.
   */
  readonly waits: readonly number[]
  /** The waits before an ended task is read again, in ms, while the result of a sub-task is missing. */
  readonly lag: readonly number[]
  /** The last wait is repeated until the task has ended. */
  readonly untilTerminal: boolean
  /** The largest total of waits while VOD does not show the task, in ms, for an id that may not exist. */
  readonly unseenMs?: number
  /** The number of task flows that the request asked for on the task's new media; see `toReading`. */
  readonly flows?: number
  /** The procedures of these task flows. */
  readonly procedures?: AskedProcedures
  /** The results that the request asks for; see `toReading`. */
  readonly asked?: AskedResults
  /** The largest reading, in bytes. A step with many tasks keeps less of each. */
  readonly maxBytes?: number
}

/** The result of a read. `gone`: VOD does not show this task, because it is older than 72 hours or belongs to another sub-app, or its answer is about another task or file. */
export type ReadResult =
  | ({
      readonly kind: 'seen'
      readonly reading: TaskReading
      /** The answer does not name its task. */
      readonly namesNone?: true
    } & WithRequestId)
  | {
      readonly kind: 'gone'
      readonly TaskId: string
      /** The other task or media file that VOD's answer names. Nothing in such an answer is about this task. */
      readonly answeredAbout?: string
      /** It is a media file: the answer names the task. */
      readonly ofFile?: true
    }

/** The request of a submission with an idempotencyKey, so that another request with the same key is detected. */
export interface KeyedRequest {
  readonly idempotencyKey: string
  readonly request: Readonly<Record<string, unknown>>
}

/** The input of a search for the tasks behind a duplicate. */
export interface TaskSearch extends AppAddress, SentSince {
  readonly SessionId: string
  readonly keyed?: KeyedRequest | undefined
  readonly FileId?: string | undefined
  /**
   * The time at which a pull made this media file (ISO 8601). The tasks that VOD started with the file also belong to the pull, because its
   * flows do not echo its SessionId. For each type, the first task that names no other step counts.
   */
  readonly startedWith?: string | undefined
  /** The types of task that the search must find. If empty, they are unknown, and the search runs to its end. */
  readonly expected: readonly string[]
  /** The last change of the template that determines the types, in ms since the epoch. A send before it may have made other types too. */
  readonly changedAt?: number | undefined
  /** The lag of the listing, in ms. After it, the listing shows all tasks of an earlier send. */
  readonly settleMs: number
  /** The waits between listings, in ms. The last one repeats. */
  readonly waits: readonly number[]
  readonly giveUpAfter: number
}

export interface TaskSearchResult {
  readonly tasks: readonly StepTask[]
}

/** The input of a search for the media file behind a duplicate pull. */
export interface PullSearch extends AppAddress, SentSince {
  readonly SessionId: string
  readonly keyed?: KeyedRequest | undefined
  /** The waits between searches, in ms. The last one repeats. */
  readonly waits: readonly number[]
  readonly giveUpAfter: number
}

/** The result of a search for the media file of a pull. */
export interface PullSearchResult {
  /** Absent if no media file was found. */
  readonly reading?: TaskReading
}

export interface TemplateName extends AppAddress {
  readonly ProcedureName: string
}

/** The types of task that a submission with a template makes. `known` is false if VOD does not have the template. */
export interface TemplateTasks {
  readonly known: boolean
  readonly TaskTypes: readonly string[]
  /** The sub-tasks of its Procedure task, each with the name that `flowPartName` gives it. */
  readonly flowParts?: readonly string[]
  /** The request of its ReviewAudioVideo task. Absent if it has none. */
  readonly review?: ReviewRequest | undefined
  /** The time of its last change, in ms since the epoch. */
  readonly changedAt?: number
}

/** A request for moderation. */
export interface ReviewRequest {
  readonly Definition: number
  /** The parts to review: `Media`, `Cover`. */
  readonly contents: readonly string[]
}

export interface AbortInput extends AppAddress {
  readonly TaskId: string
}

/** The result of an abort. `aborted` is false if VOD refused, in most cases because the task has started. */
export interface AbortResult extends WithRequestId {
  readonly aborted: boolean
}

export interface UploadedFile extends AppAddress {
  readonly FileId: string
  /** The CreateTime of the media file (ISO 8601). */
  readonly CreateTime: string
}

/** The task flows and moderation of an uploaded file. */
export interface UploadTasks {
  /** Those that the upload itself started, as far as VOD shows it. */
  readonly tasks: readonly StartedTask[]
  /** Those that other runs or programs asked for, the oldest first. Absent if there are none. */
  readonly others?: readonly OtherTask[]
}

/** A task that this run did not ask for. */
export interface OtherTask extends StartedTask {
  /** The run that asked for it. Absent if it is not one of vodflow's. */
  readonly workflowId?: string | undefined
}

export interface AwaitRun {
  readonly workflowId: string
  readonly workflowType: string
}

export interface MediaAddress extends AppAddress {
  readonly FileId: string
}

export interface MediaOutputs {
  readonly outputs: readonly TaskPart[]
}

export interface SweepPass extends AppAddress {
  /** The time since its end after which a task is hinted, in ms. Later ones are left to the next sweep. */
  readonly gracePeriod: number
  /** The earliest FinishTime, in ms since the epoch. Without it, all tasks that VOD lists are read by CreateTime. */
  readonly finishedSince?: number | undefined
}

export interface SweepResult {
  /** The latest FinishTime that was seen, by VOD's clock, in ms since the epoch. */
  readonly newest: number
  readonly tasks: number
  /** The number of runs that accepted a hint. */
  readonly hinted: number
}
