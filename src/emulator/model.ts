import type { MediaMetaData } from './media/index.js'

type Json = Readonly<Record<string, unknown>>

/** A media file of a sub-app. Times are ms since the epoch. */
export interface MediaFile {
  readonly FileId: string
  readonly SubAppId: number
  readonly Name: string
  /** Path of the source below the data folder. */
  readonly source: string
  readonly MediaUrl: string
  readonly createdAt: number
  readonly MetaData: MediaMetaData | null
  readonly SourceContext: string
  /** Set by CoverBySnapshot. */
  readonly CoverUrl: string
  readonly StoragePath: string
  /** Origin: `VideoProcessing` created it, or an upload. */
  readonly SourceType: 'Upload' | 'VideoProcessing'
  /** Time of the last change of its attributes, or of its last processing. */
  readonly updatedAt: number
  readonly Description: string
  readonly ClassId: number
  readonly Tags: readonly string[]
  /** ISO 8601. */
  readonly ExpireTime: string
  /** Deleted outputs, each group up to a time of creation. */
  readonly deleted: readonly DeletedOutputs[]
}

export interface DeletedOutputs {
  /** `Transcode` or `AdaptiveDynamicStreaming`. */
  readonly Type: string
  /** 0: all. */
  readonly Definition: number
  readonly before: number
}

export interface Template {
  readonly Name: string
  readonly SubAppId: number
  readonly Type: 'Custom' | 'Preset'
  readonly Comment: string
  readonly createdAt: number
  readonly updatedAt: number
  /** The tasks of the request. */
  readonly body: Json
}

export type SubTaskStatus = 'PROCESSING' | 'SUCCESS' | 'FAIL'

/** One sub-task of a procedure, e.g. one transcode. */
export interface SubTask {
  /** The `*ResultSet` that contains it. */
  readonly set:
    | 'MediaProcessResultSet'
    | 'AiAnalysisResultSet'
    | 'AiRecognitionResultSet'
    | 'AiContentReviewResultSet'
  readonly Type: string
  /** The member of the set's item that holds it. */
  readonly member: string
  readonly Input: Json
  Status: SubTaskStatus
  Progress: number
  ErrCodeExt: string
  ErrCode: number
  Message: string
  Output: Json | null
  beganAt: number
  finishedAt: number
}

export type TaskType = 'Procedure' | 'ReviewAudioVideo' | 'PullUpload' | EditType

/** Tasks that create new media from existing ones. */
export type EditType = 'EditMedia' | 'SplitMedia' | 'ComposeMedia'

/** A task, as the local VOD stores it. */
export interface Task {
  readonly TaskId: string
  readonly TaskType: TaskType
  readonly SubAppId: number
  FileId: string
  Status: 'WAITING' | 'PROCESSING' | 'FINISH' | 'ABORTED'
  readonly createdAt: number
  beganAt: number
  finishedAt: number
  readonly SessionId: string
  readonly SessionContext: string
  readonly TasksPriority: number
  readonly TasksNotifyMode: string
  /** The sub-tasks of a procedure. */
  readonly subTasks: SubTask[]
  /** The request and the result of any task except a procedure. */
  readonly Input: Json
  Output: Json | null
  ErrCodeExt: string
  ErrCode: number
  Message: string
}

/** A SessionId that VOD has seen. */
export interface SeenSession {
  readonly at: number
  readonly action: string
}

export interface EventConfig {
  readonly Mode: 'PUSH' | 'PULL'
  readonly NotificationUrl: string
  readonly UploadMediaCompleteEventSwitch: 'ON' | 'OFF'
  readonly DeleteMediaCompleteEventSwitch: 'ON' | 'OFF'
  readonly PersistenceCompleteEventSwitch: 'ON' | 'OFF'
  readonly SignKey: string
}

/** An event in the queue of a sub-app in PULL mode. */
export interface QueuedEvent {
  readonly handle: string
  readonly SubAppId: number
  readonly at: number
  readonly body: Json
  /** Time from which a pull returns the event again. */
  visibleAt: number
}
