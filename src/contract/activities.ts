import type { SubmitAction } from './actions.js'
import type { AppAddress } from './appAddress.js'
import type { AskedResults } from './asked.js'
import type { BatchInput, ItemEnded } from './batch.js'
import type { CheckRuns, Ids, IdsPage, OpenedBatch, StartResults, StartRuns } from './batchActivities.js'
import type { Identity } from './identity.js'
import type { StartedTask, TaskPart, TaskReading } from './outcome.js'
import type { AskedProcedures } from './procedures.js'
import type { StepInput } from './stepInput.js'
import type { AnnouncedUpload, ConfirmedUpload } from './upload.js'

/** One for each asynchronous action: it submits. */
type SubmitActivities = { [A in SubmitAction]: (submission: PackedSubmission<A>) => Promise<SubmitResult> }

/**
 * The activities that a step calls, named for VOD's actions. Types only: this is all that workflows
 * know of this room. One attempt of an activity is exactly one API call, but for a read that must ask for templates too.
 */
export interface VodActivities extends SubmitActivities, BatchActivities {
  DescribeTaskDetail(look: ReadInput): Promise<ReadResult>
  DescribeTasks(search: TaskSearch): Promise<TaskSearchResult>
  ManageTask(abort: AbortInput): Promise<AbortResult>
  /** Ours: DescribeProcedureTemplates, cut down to which tasks a template makes. */
  readTemplateTasks(template: TemplateName): Promise<TemplateTasks>
  /** Ours: DescribeMediaInfos, cut down to what a media file has. */
  readMediaOutputs(media: MediaAddress): Promise<MediaOutputs>
  /** Ours: DescribeMediaInfos, before anything is done with an upload. */
  confirmUpload(upload: AnnouncedUpload): Promise<ConfirmedUpload>
  /** Ours: DescribeTasks of an uploaded file, cut down to what the upload itself has started. */
  findUploadTasks(upload: UploadedFile): Promise<UploadTasks>
  /** Ours, and no call to VOD: the result of a workflow that was started before. */
  awaitRun(run: AwaitRun): Promise<{ readonly result: unknown }>
  /** Ours: pages of SearchMedia, until the media that a pull made is found. */
  findPulled(pull: PullSearch): Promise<PullSearchResult>
  /** Ours: pages of DescribeTasks, and a hint for each finished task. */
  sweepTasks(sweep: SweepPass): Promise<SweepResult>
  /** Ours, and no call to VOD: Temporal would hold up a run that sets an attribute it does not have. */
  searchAttributeExists(name: string): Promise<boolean>
}

/** What a batch does. Each is one call to VOD at most. */
export interface BatchActivities {
  openBatch(input: BatchInput): Promise<OpenedBatch>
  readIds(page: IdsPage): Promise<Ids>
  startRuns(part: StartRuns): Promise<StartResults>
  checkRuns(check: CheckRuns): Promise<readonly ItemEnded[]>
}

/** Activities that call nobody at Tencent, on the queue of the workflow itself. */
export interface WebhookActivities {
  sendWebhook(message: WebhookMessage): Promise<{ readonly id: string }>
}

export interface WebhookMessage {
  /** Name of one of the worker's endpoints. */
  readonly endpoint: string
  readonly type: string
  readonly data: unknown
  /** Both together are the message's identity. */
  readonly chain: string
  readonly key: string
  /** Waits before further attempts, ms. */
  readonly retryDelays: readonly number[]
}

/** Any action that is not a step; its name is the activity type. */
export interface VodCall {
  readonly account: string
  readonly request: Readonly<Record<string, unknown>>
}

/** One send of a step, and what it is a part of. */
export interface Submission<A extends SubmitAction = SubmitAction> {
  /** As the run was given it. The activity parses it: a run can be started by name from anywhere. */
  readonly input: StepInput<A>
  /** What names the work, without an idempotencyKey. */
  readonly identity: Identity
  /** Names the step inside its run. */
  readonly key: string
  readonly attempt: number
  /** First execution of the run. */
  readonly chain: string
  /** The execution that scheduled the activity: after a reset another one may run it. */
  readonly runId: string
  /** When an earlier activity of this submission was scheduled that got no answer, ms since the epoch. */
  readonly sent?: number | undefined
}

/** A {@link Submission} as its activity is given it. What is absent follows from the rest, see `unpacked`. */
export type PackedSubmission<A extends SubmitAction = SubmitAction> = Pick<Submission<A>, 'input' | 'runId'> &
  Partial<Submission<A>>

/**
 * `duplicate`: an earlier send was accepted, VOD does not say which task it made.
 * `doubtful`: VOD refuses now, or must not be asked any more, but an earlier send may have been accepted. Where only another
 * workflow with the same idempotencyKey can have sent it, the refusal is believed unless a listing shows its task.
 */
export type SubmitResult =
  | ({
      readonly kind: 'accepted'
      readonly SessionId: string
      readonly tasks: readonly StepTask[]
      /** The answer lacks what it always has: VOD may have made more tasks than it names. */
      readonly incomplete?: true
    } & WithRequestId)
  | ({ readonly kind: 'duplicate'; readonly SessionId: string } & SentSince & WithRequestId)
  | ({
      readonly kind: 'doubtful'
      readonly SessionId: string
      readonly refusal: string
      /** An earlier send is so old that VOD may show its task no more. */
      readonly expired?: true
      readonly believedUnlessFound?: RefusalFailure
    } & SentSince)

/** A refusal by VOD, as the failure that it becomes. */
export interface RefusalFailure {
  readonly message: string
  readonly type: string
  readonly details: readonly unknown[]
}

export interface SentSince {
  /** No earlier send is older, ms since the epoch; absent when nobody knows. */
  readonly sentSince?: number | undefined
}

/** What Tencent's support asks for. It is in the history for people: nothing is decided from it. */
export interface WithRequestId {
  /** The RequestId of the answer that counted. */
  readonly requestId?: string
}

/** One of the tasks that one submission made. */
export interface StepTask {
  readonly TaskId: string
  readonly TaskType: string
  /** When VOD made it, ms since the epoch; for a fresh submission the time of the call. */
  readonly createdAt: number
  /** A listing shows that it is over: its event may have come and gone. */
  readonly ended?: true
  /** Another run asked for it: its events are delivered there. */
  readonly elsewhere?: true
}

export interface ReadInput extends AppAddress {
  readonly TaskId: string
  /**
   * Waits before the task is read again while it has not ended, in ms. Each is one retry of the activity,
   * which costs no history. Empty: read once.
   */
  readonly waits: readonly number[]
  /** The same for a task that has ended while a sub-task does not show how. */
  readonly lag: readonly number[]
  /** Repeat the last wait for ever. */
  readonly untilTerminal: boolean
  /** Where the id may name no task: how long VOD may not show it, all waits together, ms. */
  readonly unseenMs?: number
  /** Task flows that the request asked for on what the task makes; see `toReading`. */
  readonly flows?: number
  /** The procedures of those flows. */
  readonly procedures?: AskedProcedures
  /** What the request asks the task for; see `toReading`. */
  readonly asked?: AskedResults
  /** The reading at most, in bytes: a step with many tasks can keep less of each. */
  readonly maxBytes?: number
}

/** `gone`: VOD does not show this task (older than 72 hours, or not its own). */
export type ReadResult =
  | ({
      readonly kind: 'seen'
      readonly reading: TaskReading
      /** The answer names another task, or none. */
      readonly ofAnother?: true
    } & WithRequestId)
  | { readonly kind: 'gone'; readonly TaskId: string }

/** A submission with an idempotencyKey: what it asks for, so that another request under the same key is noticed. */
export interface KeyedRequest {
  readonly idempotencyKey: string
  readonly request: Readonly<Record<string, unknown>>
}

/** Finds the tasks behind a duplicate. */
export interface TaskSearch extends AppAddress, SentSince {
  readonly SessionId: string
  readonly keyed?: KeyedRequest | undefined
  readonly FileId?: string | undefined
  /**
   * When a pull made this media file (ISO 8601): what VOD started with the file is the pull's too, since its flows do not echo its
   * SessionId. Of each type it is the first task that names no other step.
   */
  readonly startedWith?: string | undefined
  /** Task types that must be found before the search is over; empty: nobody knows, search to the end. */
  readonly expected: readonly string[]
  /** When the template that says so was changed last, ms since the epoch: an earlier send was made with another one. */
  readonly changedAt?: number | undefined
  /** How late the listing may be, ms: after that it shows all that an earlier send made. */
  readonly settleMs: number
  /** Waits between listings, the last one repeats, ms. */
  readonly waits: readonly number[]
  readonly giveUpAfter: number
}

export interface TaskSearchResult {
  readonly tasks: readonly StepTask[]
  /** Nothing is missing: the template has changed since, and the listing shows all by now. */
  readonly whole?: true
}

/** Finds the media behind a duplicate pull. */
export interface PullSearch extends AppAddress, SentSince {
  readonly SessionId: string
  readonly keyed?: KeyedRequest | undefined
  /** Waits between searches, the last one repeats, ms. */
  readonly waits: readonly number[]
  readonly giveUpAfter: number
}

/** What is known of a pull by the media that it made; absent: none was found. */
export interface PullSearchResult {
  readonly reading?: TaskReading
}

export interface TemplateName extends AppAddress {
  readonly ProcedureName: string
}

/** Types of task that a submission with this template makes; `known: false` when VOD has no such template (any more). */
export interface TemplateTasks {
  readonly known: boolean
  readonly TaskTypes: readonly string[]
  /** Of its ReviewAudioVideo task; absent when it makes none. */
  readonly review?: ReviewRequest | undefined
  /** When it was changed last, ms since the epoch. */
  readonly changedAt?: number
}

/** What moderation is asked for. */
export interface ReviewRequest {
  readonly Definition: number
  /** `Media`, `Cover`: what is looked at. */
  readonly contents: readonly string[]
}

export interface AbortInput extends AppAddress {
  readonly TaskId: string
}

/** `aborted: false`: VOD refused, most often because the task has begun. */
export interface AbortResult extends WithRequestId {
  readonly aborted: boolean
}

export interface UploadedFile extends AppAddress {
  readonly FileId: string
  /** ISO 8601, of the media file. */
  readonly CreateTime: string
}

export interface UploadTasks {
  readonly tasks: readonly StartedTask[]
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
  /** Tasks that have been over for less are left to the next sweep, ms. */
  readonly gracePeriod: number
  /** FinishTime from here on, ms since the epoch. Without it: all that VOD lists, by CreateTime. */
  readonly finishedSince?: number | undefined
}

export interface SweepResult {
  /** Latest FinishTime that was seen, VOD's own time, ms since the epoch. */
  readonly newest: number
  readonly tasks: number
  /** Runs that took a hint. */
  readonly hinted: number
}
