import type { SubmitAction } from './actions.js'

/**
 * The outcome of a step. Tencent's `FINISH` covers both success and failure ("Task Management"), so statuses and `ErrCodeExt` of sub-tasks
 * decide, and what their answers prove: outputs, results that were asked for, task flows and verdicts.
 */

/** The status of one sub-task, or of a whole task without sub-tasks. */
export type PartStatus = 'succeeded' | 'failed' | 'aborted' | 'unknown'

/** The status of a whole step. */
export type OutcomeStatus = 'succeeded' | 'partial' | 'failed' | 'aborted' | 'unknown' | 'detached'

/** One sub-task of a task flow, e.g. one transcode, or the one part of a moderation task. */
export interface TaskPart {
  /** Tencent's name of the type: `Transcode`, `AdaptiveDynamicStreaming`, `CoverBySnapshot`, `ReviewAudioVideo`, ... */
  readonly Type: string
  /** How the sub-task ended. */
  readonly status: PartStatus
  /** Id of its template. Absent if VOD shows none. */
  readonly Definition?: number
  /** Absent if the sub-task succeeded. */
  readonly ErrCodeExt?: string
  /** Absent if VOD returns none. */
  readonly Message?: string
  /**
   * The scalars of VOD's Output: Width, Height, Bitrate, Size, Duration, Container, ... A single URL is only in `urls`. `VideoCodec` and
   * `AudioCodec` are the codecs of its first streams.
   */
  readonly Output: Readonly<Record<string, string | number | boolean>>
  /** Every URL of the Output, in VOD's order. */
  readonly urls: readonly string[]
  /** The input that VOD recorded. Only a failed media sub-task has it, so that it can be repaired. */
  readonly Input?: Readonly<Record<string, unknown>>
}

/**
 * The result of moderation: the worst verdict of a step, and all verdicts. It never affects {@link OutcomeStatus}, because blocked content
 * is a successful task.
 */
export interface ModerationResult {
  /** The worst suggestion of `verdicts`, in lower case. An unknown word counts as `review`. */
  readonly Suggestion: 'pass' | 'review' | 'block'
  /** The label of the worst verdict. The older moderation has none for spoken or written text: see `of` of the verdict. */
  readonly Label?: string
  /** Form of the worst verdict. Absent if VOD gives none. */
  readonly Form?: string
  /** The verdicts, the worst first. */
  readonly verdicts: readonly ModerationVerdict[]
  /** Some verdicts were cut, none of them worse than the last one here. A policy that needs all of them cannot decide. */
  readonly truncated: boolean
}

/** One verdict of moderation. */
export interface ModerationVerdict {
  /** The part that was reviewed: `Media` or `Cover` (ReviewAudioVideo), or a Type of the older moderation, such as `Porn.Asr`. */
  readonly of: string
  /**
   * `pass`, `review` or `block`, in VOD's spelling. It is that of the worst segment, if the segment is worse than the verdict. Absent if the
   * verdict was asked for and is missing.
   */
  readonly Suggestion?: string
  /** Label of the verdict, e.g. `Porn`. Absent if VOD gives none. */
  readonly Label?: string
  /** Form in which it was found, e.g. `Image.Porn`. Absent if VOD gives none. */
  readonly Form?: string
  /** The first segments, at most 10. */
  readonly segments: readonly ModerationSegment[]
  /** There may be more segments: `SegmentSetFileUrl` has them all. */
  readonly truncated: boolean
  /** The whole list, as JSON, until `SegmentSetFileUrlExpireTime`. Absent if VOD gives none. */
  readonly SegmentSetFileUrl?: string
  /** Time until which VOD serves the file, ISO 8601. Absent if VOD does not say. */
  readonly SegmentSetFileUrlExpireTime?: string
}

/** A span of the media in which moderation found something. Offsets are in seconds. */
export interface ModerationSegment {
  /** Start of the segment, in seconds. */
  readonly StartTimeOffset: number
  /** End of the segment, in seconds. 0 for a cover. */
  readonly EndTimeOffset: number
  /** Confidence of the verdict, 0 to 100. */
  readonly Confidence: number
  /** `pass`, `review` or `block`. Absent if VOD gives none. */
  readonly Suggestion?: string
  /** Label of the segment, e.g. `Porn`. Absent if VOD gives none. */
  readonly Label?: string
  /** Form in which it was found, e.g. `Image.Porn`. Absent if VOD gives none. */
  readonly Form?: string
  /** The spoken or written text, or the name of the person. Absent if moderation found none of these. */
  readonly Text?: string
  /** A picture of the span, available until `PicUrlExpireTime`. Absent if VOD gives none. */
  readonly Url?: string
  /** Time until which VOD serves the link, ISO 8601. Absent if VOD does not say. */
  readonly PicUrlExpireTime?: string
}

/** VOD's status of a task. VOD may add others; any value other than these four counts as not ended. */
export type TaskStatus = 'WAITING' | 'PROCESSING' | 'FINISH' | 'ABORTED' | (string & {})

/** The part of a `DescribeTaskDetail` answer that a run keeps, as plain JSON of limited size. */
export interface TaskReading {
  /** Id of the task. Absent for a PullUpload that was found by its new media file. */
  readonly TaskId?: string
  /** Type of the task, e.g. `Procedure`. */
  readonly TaskType: string
  /** Status of the task. */
  readonly Status: TaskStatus
  /** Time at which VOD made the task, ISO 8601. Absent if VOD shows none. */
  readonly CreateTime?: string
  /** Time of the end, ISO 8601. Absent until then, and if VOD shows none. */
  readonly FinishTime?: string
  /** Absent if VOD does not echo it. */
  readonly SessionId?: string
  /** Id of the media file that the task works on. Absent if VOD shows none. */
  readonly FileId?: string
  /** The mean progress of the sub-tasks, 0 to 100. Absent if the task has ended. */
  readonly percent?: number
  /** The counts of all parts, from which the outcome is decided. Absent if no part was cut. */
  readonly counts?: SubTaskCounts
  /** The results of the sub-tasks. */
  readonly parts: readonly TaskPart[]
  /** The verdicts of moderation, the worst first. Absent if no verdict was asked for. */
  readonly verdicts?: readonly ModerationVerdict[]
  /** The FileIds of its new media. Absent if there are none. */
  readonly newFileIds?: readonly string[]
  /** The tasks of the flow that it started on its new media, e.g. a PullUpload with a Procedure. Absent if there are none. */
  readonly started?: readonly FlowTask[]
  /** The reading was cut to its size limit. `DescribeTaskDetail` shows the whole task for 72 hours. */
  readonly truncated?: boolean
}

/** The number of parts with each status. */
export type SubTaskCounts = Readonly<Record<PartStatus, number>>

/** A task that another task, or an upload, has started. */
export interface StartedTask {
  /** Id of the task. */
  readonly TaskId: string
  /** Type of the task, e.g. `Procedure`. */
  readonly TaskType: string
}

/** A task of the flow that another task has started on its new media. */
export interface FlowTask extends StartedTask {
  /** The new media file that it works on, as the detail of the task that started it says. Absent if VOD does not say. */
  readonly FileId?: string
}

/** One submission of a step. Every attempt stays visible in the outcome. */
export interface StepAttempt {
  /** Number of the submission in its step, from 1. A repair is the next one. */
  readonly attempt: number
  /** The id under which VOD deduplicates the submission. */
  readonly SessionId: string
  /** An earlier send was accepted: VOD said so, or its tasks were found. */
  readonly recovered: boolean
  /** VOD's answer did not name every task. The others were looked up, so `TaskIds` may lack some unless the step succeeded. */
  readonly incomplete?: true
  /** `adopted`: the task was submitted elsewhere. */
  readonly action: SubmitAction | 'adopted'
  /** Ids of the tasks that the submission made. */
  readonly TaskIds: readonly string[]
  /** The status of this attempt alone. */
  readonly status: OutcomeStatus
  /** Why the attempt ended like this, in one sentence. */
  readonly reason: string
}

/**
 * What noticed the end of a step: an event (`push`, `pull`), the `sweep`, a scheduled `look`, the `search` after a duplicate, a second
 * read after a task flow and the task that started it named different media files (`dispute`), or a `poll` if no event can arrive.
 */
export type EndedBy = 'push' | 'pull' | 'sweep' | 'look' | 'search' | 'dispute' | 'poll'

/** The members of every outcome. */
export interface OutcomeFields {
  /** The reason for the status, in one sentence for a person. */
  readonly reason: string
  /**
   * The task that the action made. Absent if it is not known: the template of a ProcessMediaByProcedure asks for moderation only, or a
   * PullUpload was found by its new media file, or VOD does not show the task.
   */
  readonly TaskId?: string
  /** Absent if no moderation was asked for. */
  readonly ReviewAudioVideoTaskId?: string
  /** Absent if none was asked for. */
  readonly ImportMediaKnowledgeTaskIdSet?: readonly string[]
  /** The processed media file; for a PullUpload, the new one. Absent if there are several, or none is known. */
  readonly FileId?: string
  /** The new media files of PullUpload, EditMedia, ComposeMedia and SplitMedia, in VOD's order. */
  readonly newFileIds: readonly string[]
  /** The caller's own context, unchanged. Absent if there is none. */
  readonly SessionContext?: string
  /** Last readings of all tasks of the step. */
  readonly tasks: readonly TaskReading[]
  /** Absent if no moderation was asked for, and if a verdict is missing while the others pass. */
  readonly moderation?: ModerationResult
  /** Submissions of the step, at most three. */
  readonly attempts: readonly StepAttempt[]
  /** Absent if no task was read to its end, and if the last one was read for a hint of the audit or of an operator. */
  readonly endedBy?: EndedBy
  /** Only in the failure of a step: the outcome was too large for it. `result()` of the client returns the whole outcome. */
  readonly truncated?: true
}

/** All media were made. Moderation does not change the status: see `moderation`. */
export interface SucceededOutcome extends OutcomeFields {
  /** Every sub-task succeeded. */
  readonly status: 'succeeded'
}

/** Some sub-tasks succeeded. `parts` of the tasks shows which ones. */
export interface PartialOutcome extends OutcomeFields {
  /** Some sub-tasks succeeded, and some failed. */
  readonly status: 'partial'
}

/** What the outcome of a PullUpload that succeeded always has. */
export interface PulledMedia {
  /** The new media file. */
  readonly FileId: string
}

/** No sub-task succeeded. */
export interface FailedOutcome extends OutcomeFields {
  /** No sub-task succeeded, or the tasks were aborted. */
  readonly status: 'failed' | 'aborted'
}

/** A signal stopped the wait. `tasks` has those that had ended by then; VOD finishes the others, which may succeed. */
export interface DetachedOutcome extends OutcomeFields {
  /** The step no longer waits for its tasks. */
  readonly status: 'detached'
}

/** VOD does not show the end of a task. */
export interface UnknownOutcome extends OutcomeFields {
  /** VOD no longer shows the result. */
  readonly status: 'unknown'
  /**
   * The outputs of the media file from `DescribeMediaInfos`. They may come from this run or an earlier one, and failed sub-tasks are not
   * among them.
   */
  readonly mediaOutputs?: readonly TaskPart[]
}

/** The outcome of a step, with a type for each `status`. It is plain JSON of at most 256 KiB. */
export type Outcome = SucceededOutcome | PartialOutcome | FailedOutcome | DetachedOutcome | UnknownOutcome

/** Returns the number of parts with each status, including the parts that were cut. */
export function countsOf({ counts, parts }: Pick<TaskReading, 'counts' | 'parts'>): SubTaskCounts {
  if (counts) return counts
  const counted = { succeeded: 0, failed: 0, aborted: 0, unknown: 0 }
  for (const { status } of parts) counted[status]++
  return counted
}

/** Returns the progress of a task, 0 to 100. */
export function percentOf({
  Status,
  percent,
}: {
  readonly Status: TaskStatus
  readonly percent?: number | undefined
}): number {
  return percent ?? (isTerminal(Status) ? 100 : 0)
}

/** Returns true for the two final statuses. A task with any other status, known or unknown, may still change. */
export function isTerminal(Status: string): boolean {
  return Status === 'FINISH' || Status === 'ABORTED'
}
