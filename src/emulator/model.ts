import type { MediaMetaData } from './media/index.js'

/** A JSON object. */
export type EmulatorJson = Readonly<Record<string, unknown>>

/** A media file of a sub-app. Times are ms since the epoch. */
export interface EmulatorMedia {
  /** Id of the media file. */
  readonly FileId: string
  /** Id of the sub-app. */
  readonly SubAppId: number
  /** Name of the media file. */
  readonly Name: string
  /** Path of the source below the data folder. */
  readonly source: string
  /** URL of the source. */
  readonly MediaUrl: string
  /** Time of the creation, ms since the epoch. */
  readonly createdAt: number
  /** Metadata of the source. Null if it has none. */
  readonly MetaData: MediaMetaData | null
  /** Text that the app gave to the upload. */
  readonly SourceContext: string
  /** Set by CoverBySnapshot. */
  readonly CoverUrl: string
  /** Path in the storage of VOD. */
  readonly StoragePath: string
  /** Origin: `VideoProcessing` created it, or an upload. */
  readonly SourceType: 'Upload' | 'VideoProcessing'
  /** Time of the last change of its attributes, or of its last processing. */
  readonly updatedAt: number
  /** Description of the media file. */
  readonly Description: string
  /** Id of the category. */
  readonly ClassId: number
  /** Tags of the media file. */
  readonly Tags: readonly string[]
  /** ISO 8601. */
  readonly ExpireTime: string
  /** Deleted outputs, each group up to a time of creation. */
  readonly deleted: readonly DeletedOutputs[]
}

/** Outputs of a media file that were deleted. */
export interface DeletedOutputs {
  /** `Transcode` or `AdaptiveDynamicStreaming`. */
  readonly Type: string
  /** 0: all. */
  readonly Definition: number
  /** Outputs created until then are deleted, ms since the epoch. */
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
  readonly body: EmulatorJson
}

/** Status of a sub-task. */
export type SubTaskStatus = 'PROCESSING' | 'SUCCESS' | 'FAIL'

/** One sub-task of a procedure, e.g. one transcode. */
export interface EmulatorSubTask {
  /** The `*ResultSet` that contains it. */
  readonly set:
    | 'MediaProcessResultSet'
    | 'AiAnalysisResultSet'
    | 'AiRecognitionResultSet'
    | 'AiContentReviewResultSet'
  /** Type of the sub-task, e.g. `Transcode`. */
  readonly Type: string
  /** The member of the set's item that holds it. */
  readonly member: string
  /** The request of the sub-task. */
  readonly Input: EmulatorJson
  /** Status of the sub-task. */
  Status: SubTaskStatus
  /** Progress, 0 to 100. */
  Progress: number
  /** Tencent's error code. Empty for a success. */
  ErrCodeExt: string
  /** The older numeric error code. 0 for a success. */
  ErrCode: number
  /** Words for the error. Empty for a success. */
  Message: string
  /** The result. Null until there is one. */
  Output: EmulatorJson | null
  /** Time of the start, ms since the epoch. 0 until then. */
  beganAt: number
  /** Time of the end, ms since the epoch. 0 until then. */
  finishedAt: number
}

/** Type of a task of the local VOD. */
export type TaskType = 'Procedure' | 'ReviewAudioVideo' | 'PullUpload' | EditType

/** Tasks that create new media from existing ones. */
export type EditType = 'EditMedia' | 'SplitMedia' | 'ComposeMedia'

/** A task, as the local VOD stores it. */
export interface EmulatorTask {
  /** Id of the task. */
  readonly TaskId: string
  /** Type of the task. */
  readonly TaskType: TaskType
  /** Id of the sub-app. */
  readonly SubAppId: number
  /** Id of the media file. */
  FileId: string
  /** Status of the task. */
  Status: 'WAITING' | 'PROCESSING' | 'FINISH' | 'ABORTED'
  /** Time of the creation, ms since the epoch. */
  readonly createdAt: number
  /** Time of the start, ms since the epoch. 0 until then. */
  beganAt: number
  /** Time of the end, ms since the epoch. 0 until then. */
  finishedAt: number
  /** The id under which VOD deduplicates the request. Empty if it has none. */
  readonly SessionId: string
  /** Text of the caller. */
  readonly SessionContext: string
  /** Priority of the request. */
  readonly TasksPriority: number
  /** When events are sent: `Finish`, `Change` or `None`. */
  readonly TasksNotifyMode: string
  /** The sub-tasks of a procedure. */
  readonly subTasks: EmulatorSubTask[]
  /** The request and the result of any task except a procedure. */
  readonly Input: EmulatorJson
  /** The result. Null until there is one. */
  Output: EmulatorJson | null
  /** Tencent's error code. Empty for a success. */
  ErrCodeExt: string
  /** The older numeric error code. 0 for a success. */
  ErrCode: number
  /** Words for the error. Empty for a success. */
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
  readonly body: EmulatorJson
  /** Time from which a pull returns the event again. */
  visibleAt: number
}
