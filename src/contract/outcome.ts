import type { SubmitAction } from './actions.js'

/**
 * What became of a step. Decided from sub-task statuses and `ErrCodeExt` alone: `FINISH` covers success
 * and failure alike (Tencent, "Task Management").
 */

/** How one sub-task, or one whole task without sub-tasks, ended. */
export type PartStatus = 'succeeded' | 'failed' | 'aborted' | 'unknown'

/** The outcome of a whole step. */
export type OutcomeStatus = 'succeeded' | 'partial' | 'failed' | 'aborted' | 'unknown' | 'detached'

/** One sub-task of a task flow, e.g. one transcode, or the one part of a moderation task. */
export interface TaskPart {
  /** Tencent's word: `Transcode`, `AdaptiveDynamicStreaming`, `CoverBySnapshot`, `ReviewAudioVideo`, ... */
  readonly Type: string
  /** How the sub-task ended. */
  readonly status: PartStatus
  /** Id of its template. Absent if VOD shows none. */
  readonly Definition?: number
  /** Absent when the sub-task succeeded. */
  readonly ErrCodeExt?: string
  /** Absent when VOD gives none. */
  readonly Message?: string
  /** The scalars of VOD's Output: Width, Height, Bitrate, Size, Duration, Container, ... A URL that is the only one is in `urls` alone. */
  readonly Output: Readonly<Record<string, string | number | boolean>>
  /** Every URL of the Output, in VOD's order. */
  readonly urls: readonly string[]
  /** What it was asked to do, as VOD recorded it: of a failed media sub-task only, so that it can be repaired. */
  readonly Input?: Readonly<Record<string, unknown>>
}

/**
 * What moderation says: the worst verdict of a step, and all of them. Never folded into {@link OutcomeStatus}: blocked content is a
 * successful task.
 */
export interface ModerationResult {
  /** The worst of `verdicts`, in any case of letters. A word that vodflow does not know is `review`. */
  readonly Suggestion: 'pass' | 'review' | 'block'
  /** Of the worst verdict. The older moderation gives none for what is said or written: see `of` of the verdict. */
  readonly Label: string
  /** Form of the worst verdict. */
  readonly Form: string
  /** Worst first. */
  readonly verdicts: readonly ModerationVerdict[]
  /** There were more verdicts, none worse than the last one here: a policy over all of them cannot tell. */
  readonly truncated: boolean
}

/** One verdict of moderation. */
export interface ModerationVerdict {
  /** What was looked at: `Media` or `Cover` (ReviewAudioVideo), or a Type of the older moderation, such as `Porn.Asr`. */
  readonly of: string
  /**
   * `pass`, `review` or `block`, as VOD spells it: of the worst segment, if that is worse than the verdict. Empty where it was asked for and
   * there is none.
   */
  readonly Suggestion: string
  /** Label of the verdict, e.g. `Porn`. Empty if VOD gives none. */
  readonly Label: string
  /** Form in which it was found, e.g. `Image.Porn`. Empty if VOD gives none. */
  readonly Form: string
  /** The first segments, at most 10. */
  readonly segments: readonly ModerationSegment[]
  /** There may be more segments: `SegmentSetFileUrl` has them all. */
  readonly truncated: boolean
  /** The whole list, as JSON, until `SegmentSetFileUrlExpireTime`. */
  readonly SegmentSetFileUrl: string
  /** Time until which VOD serves the file, ISO 8601. */
  readonly SegmentSetFileUrlExpireTime: string
}

/** One span of the media that moderation found something in; offsets in seconds. */
export interface ModerationSegment {
  /** Start of the segment, in seconds. */
  readonly StartTimeOffset: number
  /** End of the segment, in seconds. 0 for a cover. */
  readonly EndTimeOffset: number
  /** Confidence of the verdict, 0 to 100. */
  readonly Confidence: number
  /** `pass`, `review` or `block`. */
  readonly Suggestion: string
  /** Label of the segment, e.g. `Porn`. */
  readonly Label: string
  /** Form in which it was found, e.g. `Image.Porn`. */
  readonly Form: string
  /** What was said or written there, or who is seen, if that is it. */
  readonly Text: string
  /** A picture of it, until `PicUrlExpireTime`. */
  readonly Url: string
  /** Time until which VOD serves the link, ISO 8601. */
  readonly PicUrlExpireTime: string
}

/** VOD's word for where a task is. Open-ended: what is not one of the four is treated as not yet over. */
export type TaskStatus = 'WAITING' | 'PROCESSING' | 'FINISH' | 'ABORTED' | (string & {})

/** One `DescribeTaskDetail`, cut down to what a run keeps: bounded, plain JSON. */
export interface TaskReading {
  /** Id of the task. */
  readonly TaskId: string
  /** Type of the task, e.g. `Procedure`. */
  readonly TaskType: string
  /** Status of the task. */
  readonly Status: TaskStatus
  /** ISO 8601, or empty. */
  readonly CreateTime: string
  /** Time of the end, ISO 8601. Empty until then, and if VOD shows none. */
  readonly FinishTime: string
  /** Empty when VOD does not echo it. */
  readonly SessionId: string
  /** Id of the media file that the task works on. Empty if VOD shows none. */
  readonly FileId: string
  /** Mean progress of the sub-tasks, 0 to 100. Absent when the task has ended. */
  readonly percent?: number
  /** Of all parts, where some were cut: the outcome is decided from these. Absent where `parts` has all. */
  readonly counts?: SubTaskCounts
  /** Results of the sub-tasks. */
  readonly parts: readonly TaskPart[]
  /** What moderation says, worst first. Absent when the task was asked for no verdict. */
  readonly verdicts?: readonly ModerationVerdict[]
  /** FileIds of the media that it made. Absent when it made none. */
  readonly newFileIds?: readonly string[]
  /** Tasks of the task flow that it started on what it made: a PullUpload with a Procedure. Absent when there is none. */
  readonly started?: readonly StartedTask[]
  /** Something was cut to stay under the limit; `DescribeTaskDetail` shows the whole for 72 hours. */
  readonly truncated?: boolean
}

/** How many parts ended in each way. */
export type SubTaskCounts = Readonly<Record<PartStatus, number>>

/** A task that another task, or an upload, has started. */
export interface StartedTask {
  /** Id of the task. */
  readonly TaskId: string
  /** Type of the task, e.g. `Procedure`. */
  readonly TaskType: string
}

/** One submission of a step. Every attempt stays visible in the outcome. */
export interface StepAttempt {
  /** Number of the submission in its step, from 1. A repair is the next one. */
  readonly attempt: number
  /** The id under which VOD deduplicates the submission. */
  readonly SessionId: string
  /** An earlier send had been accepted: VOD said so, or its tasks were found. */
  readonly recovered: boolean
  /** `adopted`: somebody else had submitted it. */
  readonly action: SubmitAction | 'adopted'
  /** Ids of the tasks that the submission made. */
  readonly TaskIds: readonly string[]
  /** What this attempt by itself came to, and why. */
  readonly status: OutcomeStatus
  /** Why the attempt ended like this, in one sentence. */
  readonly reason: string
}

/**
 * Which net brought the news that ended a step: an event (`push`, `pull`), the `sweep`, a `look` of its own, the
 * `search` after a duplicate, or `poll` where no event can come. Absent when nothing was read to its end.
 */
export type EndedBy = 'push' | 'pull' | 'sweep' | 'look' | 'search' | 'poll'

/** What every outcome has. */
export interface OutcomeFields {
  /** One sentence for a person: why this status. */
  readonly reason: string
  /** The task that the action made. Of ProcessMediaByProcedure empty when the template asks for moderation only. */
  readonly TaskId: string
  /** Absent where no moderation was asked for. */
  readonly ReviewAudioVideoTaskId?: string
  /** Absent where none was asked for. */
  readonly ImportMediaKnowledgeTaskIdSet?: readonly string[]
  /** The media file that it is about: of a PullUpload the new one. Empty when it is about several. */
  readonly FileId: string
  /** The media files that it made, in VOD's order: PullUpload, EditMedia, ComposeMedia, SplitMedia. */
  readonly newFileIds: readonly string[]
  /** The caller's own context, as it was given. Absent where none was. */
  readonly SessionContext?: string
  /** Last readings of all tasks of the step. */
  readonly tasks: readonly TaskReading[]
  /** Absent where no moderation was asked for, and where a verdict is missing while the others pass. */
  readonly moderation?: ModerationResult
  /** Submissions of the step, at most three. */
  readonly attempts: readonly StepAttempt[]
  /** What brought the news that ended the step. Absent if no task was read to its end. */
  readonly endedBy?: EndedBy
  /** In the failure of a step only: the outcome is too large for it. `result()` of the client returns the whole. */
  readonly truncated?: true
}

/** All media are made. Moderation does not change it: see `moderation`. */
export interface SucceededOutcome extends OutcomeFields {
  /** Every sub-task succeeded. */
  readonly status: 'succeeded'
}

/** Some sub-tasks succeeded: `parts` of the tasks say which. */
export interface PartialOutcome extends OutcomeFields {
  /** Some sub-tasks succeeded, and some failed. */
  readonly status: 'partial'
}

/** No sub-task succeeded, or VOD aborted them, or somebody stopped the wait. */
export interface FailedOutcome extends OutcomeFields {
  /** No sub-task succeeded, the tasks were aborted, or the step was detached from them. */
  readonly status: 'failed' | 'aborted' | 'detached'
}

/** VOD does not show how a task ended. */
export interface UnknownOutcome extends OutcomeFields {
  /** VOD no longer shows the result. */
  readonly status: 'unknown'
  /**
   * What `DescribeMediaInfos` shows on the media file. Nobody can tell whether an output is of this run or of an earlier one, and what
   * failed is not there.
   */
  readonly mediaOutputs?: readonly TaskPart[]
}

/** What came of the media of a step; `status` tells which. Plain JSON of at most 256 KiB. */
export type Outcome = SucceededOutcome | PartialOutcome | FailedOutcome | UnknownOutcome

/** How many parts of a task ended in each way, those that were cut too. */
export function countsOf({ counts, parts }: Pick<TaskReading, 'counts' | 'parts'>): SubTaskCounts {
  if (counts) return counts
  const counted = { succeeded: 0, failed: 0, aborted: 0, unknown: 0 }
  for (const { status } of parts) counted[status]++
  return counted
}

/** Progress of a task, 0 to 100. */
export function percentOf({
  Status,
  percent,
}: {
  readonly Status: TaskStatus
  readonly percent?: number | undefined
}): number {
  return percent ?? (isTerminal(Status) ? 100 : 0)
}

/** VOD shows a task's last word only in these two; everything else, known or not, may still change. */
export function isTerminal(Status: string): boolean {
  return Status === 'FINISH' || Status === 'ABORTED'
}
