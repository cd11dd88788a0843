import type { StepDelays } from './delays.js'
import type { Duration } from './duration.js'
import { isName } from './json.js'
import type { StartedTask, TaskReading } from './outcome.js'
import { isIsoTime } from './patterns.js'
import { placeIn } from './runNames.js'
import { hour, minute } from './time.js'

/** Names and types that the callback service and the workflow of an upload rule share. */

/** The workflow type of an upload. It is a contract, and does not change after version 1.0. */
export const uploadType = 'processUpload'

/** The type of the failure of a run whose media file VOD does not show. */
export const noSuchMediaType = 'NoSuchMedia'

/** The type of the failure of a run whose upload may have started a task that VOD shows incompletely. */
export const uploadUnknownType = 'UploadUnknown'

/** The uploads to which a rule applies. Every member must match VOD's own description of the media file. */
export interface UploadMatch {
  /** Start of the name of the media file. */
  readonly namePrefix?: string | undefined
  /** Start of its path in the storage of VOD. */
  readonly storagePathPrefix?: string | undefined
  /** The start of the upload's SourceContext, which the app chooses. */
  readonly sourceContextPrefix?: string | undefined
  /** Ids of categories, of which it must have one. */
  readonly ClassIds?: readonly number[] | undefined
  /** The kinds of media, of which it must be one. Default `['Video']`. */
  readonly Categories?: readonly ('Video' | 'Audio' | 'Image')[] | undefined
}

/** The work on an upload: a procedure of VOD, or a workflow of yours that gets an {@link UploadedMedia}. */
export type UploadWork =
  | { readonly ProcedureName: string; readonly onPartial?: 'accept' | 'fail' | 'repair' | undefined }
  | { readonly workflowType: string; readonly taskQueue: string }

/** The delays of an upload rule and of its step that differ from the defaults. Shorten them for tests. */
export interface UploadDelays extends StepDelays {
  /**
   * The time for which a new upload waits until VOD's listing is complete, if its event does not name all of its tasks. Default 60 s,
   * because a listing may lag that long.
   */
  readonly uploadTasks?: Duration | undefined
}

/** An upload rule: the uploads to which it applies, and the work on them. Plain JSON. */
export interface UploadRuleInput {
  /**
   * The name of the rule, which is part of the workflow id. Rules for the same uploads need different names, so that each has its own run
   * for a file. Default `default`.
   */
  readonly name?: string | undefined
  /** Id of the sub-app whose uploads are meant. Default: the sub-app that VOD chooses for the account. */
  readonly SubAppId?: number | undefined
  /** Default `default`. */
  readonly account?: string | undefined
  /** Which uploads are meant. Default: all videos. */
  readonly match?: UploadMatch | undefined
  /**
   * The largest age of a file at the time of its event. Older files are ignored, because anyone can post an event for an old file, and
   * once Temporal has deleted the run of a file, a repeated event would start another one. Default 12 hours, at most 60 hours, and never
   * longer than the retention of the namespace. Process older files with a batch on a schedule.
   */
  readonly maxAge?: Duration | undefined
  /** What is done with them. */
  readonly work: UploadWork
  /** `false` if no callback is set up for the sub-app. Default `true`. */
  readonly callbacks?: boolean | undefined
  /** Delays of the rule and of its step. Shorten them for tests. */
  readonly delays?: UploadDelays | undefined
}

/** The input of a run of `processUpload`. Plain JSON. */
export interface UploadInput extends UploadRuleInput {
  readonly FileId: string
  /** The tasks of the upload's own Procedure that the event names. Each counts only once VOD shows it. */
  readonly tasks?: readonly string[]
}

/** Shorter than the shortest retention in Temporal Cloud, which is a day. */
export const defaultMaxAgeMs = 12 * hour

/** An {@link UploadInput} with the time of its event. */
export interface AnnouncedUpload extends UploadInput {
  /** The time at which the event arrived, in ms since the epoch. */
  readonly announcedAt: number
}

/** A media file that VOD has confirmed. */
export interface UploadedMedia {
  /** Id of the media file. */
  readonly FileId: string
  /** Id of its sub-app. Absent if the rule names none. */
  readonly SubAppId?: number
  /** Alias of its Tencent account. */
  readonly account: string
  /** Name of the media file. */
  readonly Name: string
  /** Id of its category. */
  readonly ClassId: number
  /** `Video`, `Audio` or `Image`. */
  readonly Category: string
  /** Path in the storage of VOD. Absent if it has none. */
  readonly StoragePath?: string
  /** Text that the app gave to the upload. Absent if it gave none. */
  readonly SourceContext?: string
  /** ISO 8601. */
  readonly CreateTime: string
  /** The tasks that the upload itself started with its Procedure. They are already billed. Wait for them with `adoptTask`. */
  readonly tasks: readonly StartedTask[]
}

/** VOD's description of a confirmed media file. */
export type ConfirmedMedia = Omit<UploadedMedia, 'tasks' | 'account' | 'SubAppId'>

/** The result of a confirmation. `ignored`: the rule does not apply, and `reason` says why. */
export type ConfirmedUpload =
  | { readonly kind: 'confirmed'; readonly media: ConfirmedMedia }
  | { readonly kind: 'ignored'; readonly reason: string }

export function uploadIdOf({ FileId, SubAppId, account, name = 'default' }: UploadInput): string {
  return `upload/${name}/${placeIn({ SubAppId, account })}${FileId}`
}

/** The largest number of task flows and moderation of a media file that a run compares with its rule. */
export const mostUploadTasks = 200

/** The types of task that VOD lists of a task flow. */
export const flowTypes: readonly string[] = ['Procedure', 'ReviewAudioVideo']
/** The largest time between an upload and a task of it, in ms. VOD starts the Procedure when the upload ends, or later if it is busy. */
const withUploadMs = 10 * minute

/** Returns true for a type of task that an upload or a pull starts, if the task has no SessionId. */
export function isOfUploadKind({
  TaskType,
  SessionId,
}: Pick<TaskReading, 'TaskType' | 'SessionId'>): boolean {
  return flowTypes.includes(TaskType) && !SessionId
}

/** Returns true if the upload or pull of a media file with this CreateTime started the task, as far as VOD shows it. */
export function startsWithUpload(
  task: Pick<TaskReading, 'TaskType' | 'SessionId' | 'CreateTime'>,
  mediaCreateTime: string,
): boolean {
  const after = Date.parse(task.CreateTime ?? '') - Date.parse(mediaCreateTime)
  return isOfUploadKind(task) && Math.abs(after) <= withUploadMs
}

/** Returns the missing member that shows whether the upload of a media file started the task. */
export function lackInPlacing(
  reading: Pick<TaskReading, 'TaskType' | 'SessionId' | 'FileId' | 'CreateTime'>,
): 'FileId' | 'CreateTime' | undefined {
  if (!isOfUploadKind(reading)) return undefined
  if (!isName(reading.FileId)) return 'FileId'
  return isIsoTime(reading.CreateTime ?? '') ? undefined : 'CreateTime'
}
