import type { StepDelays } from './delays.js'
import type { Duration } from './duration.js'
import { isName } from './json.js'
import type { StartedTask, TaskReading } from './outcome.js'
import { isIsoTime } from './patterns.js'
import { hour, minute } from './time.js'

/** What the upload rule shares between the callback service and its workflow. */

/** Workflow type of an upload. A contract: it never changes. */
export const uploadType = 'processUpload'

/** Type of the failure of a run whose media file VOD does not show. */
export const noSuchMediaType = 'NoSuchMedia'

/** Type of the failure of a run whose upload may have started a task that VOD does not show whole. */
export const uploadUnknownType = 'UploadUnknown'

/** Which uploads are meant: all that is named must fit the media file as VOD itself describes it. */
export interface UploadMatch {
  /** Start of the name of the media file. */
  readonly namePrefix?: string
  /** Start of its path in the storage of VOD. */
  readonly storagePathPrefix?: string
  /** SourceContext of the upload, which the app chose. */
  readonly sourceContextPrefix?: string
  /** Ids of categories, of which it must have one. */
  readonly ClassIds?: readonly number[]
  /** `Video`, `Audio`, `Image`. Default `['Video']`. */
  readonly Categories?: readonly string[]
}

/** What is done with an upload: a procedure of VOD, or a workflow of yours, which is given an {@link UploadedMedia}. */
export type UploadWork =
  | { readonly ProcedureName: string; readonly onPartial?: 'accept' | 'fail' | 'repair' }
  | { readonly workflowType: string; readonly taskQueue: string }

/** What is done with which uploads. Plain JSON. */
export interface UploadRuleInput {
  /**
   * Tells rules apart that take the same uploads: each then has a run of its own for a file. Part of the workflow id. Default
   * `default`.
   */
  readonly name?: string
  /** Id of the sub-app whose uploads are meant. Default: the sub-app that VOD chooses for the account. */
  readonly SubAppId?: number
  /** Default `default`. */
  readonly account?: string
  /** Which uploads are meant. Default: all videos. */
  readonly match?: UploadMatch
  /**
   * A file that VOD made longer before its event is left alone: anyone can post an event that names an old file, and once Temporal
   * has forgotten the run of a file, an event that is repeated would start another. Default 12 hours, 60 hours at most; never longer
   * than the namespace remembers ended runs. What is left alone is found by a batch on a schedule.
   */
  readonly maxAge?: Duration
  /** What is done with them. */
  readonly work: UploadWork
  /** `false` if no callback is set up for the sub-app. Default `true`. */
  readonly callbacks?: boolean
  /** Delays of the step. Shorten them for tests. */
  readonly delays?: StepDelays
}

/** What a run of `processUpload` is given. Plain JSON. */
export interface UploadInput extends UploadRuleInput {
  readonly FileId: string
  /** Tasks of the upload's own Procedure, as the event names them; each is believed once VOD shows it. */
  readonly tasks?: readonly string[]
}

/** Shorter than the shortest time for which Temporal Cloud remembers a run, which is a day. */
export const defaultMaxAgeMs = 12 * hour

/** What confirms an upload: asked of VOD, and measured at the time of its event. */
export interface AnnouncedUpload extends UploadInput {
  /** When the event came, ms since the epoch. */
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
  /** Tasks that the upload itself has started, by its Procedure: they are billed already. Wait for them with `adoptTask`. */
  readonly tasks: readonly StartedTask[]
}

/** `ignored`: nothing is to be done, and why. */
export type ConfirmedUpload =
  | { readonly kind: 'confirmed'; readonly media: Omit<UploadedMedia, 'tasks'> }
  | { readonly kind: 'ignored'; readonly reason: string }

export function uploadIdOf({ FileId, SubAppId, account = 'default', name = 'default' }: UploadInput): string {
  return `upload/${name}/${SubAppId ?? `account:${account}`}/${FileId}`
}

const flowTypes: readonly string[] = ['Procedure', 'ReviewAudioVideo']
/** VOD starts the Procedure of an upload when the upload ends; the rest is for a VOD that is busy, ms. */
const withUploadMs = 10 * minute

interface ListedTask {
  readonly TaskType: string
  readonly SessionId: string
}

/** Whether an upload, or a pull, starts such tasks, whenever VOD made this one. */
export function isOfUploadKind({ TaskType, SessionId }: ListedTask): boolean {
  return flowTypes.includes(TaskType) && SessionId === ''
}

/** Whether a task was started by the upload, or the pull, of a media file that was made at `mediaCreateTime`, by what VOD shows of it. */
export function startsWithUpload(
  task: ListedTask & { readonly CreateTime: string },
  mediaCreateTime: string,
): boolean {
  const after = Date.parse(task.CreateTime) - Date.parse(mediaCreateTime)
  return isOfUploadKind(task) && Math.abs(after) <= withUploadMs
}

/** The member without which nobody knows whether the upload of a media file has started it. */
export function lackInPlacing(
  reading: Pick<TaskReading, 'TaskType' | 'SessionId' | 'FileId' | 'CreateTime'>,
): 'FileId' | 'CreateTime' | undefined {
  if (!isOfUploadKind(reading)) return undefined
  if (!isName(reading.FileId)) return 'FileId'
  return isIsoTime(reading.CreateTime) ? undefined : 'CreateTime'
}
