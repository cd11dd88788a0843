/** The fields that every asynchronous action takes. */
export interface SubmitFields {
  /** Id of the sub-app, a whole number above 0. Default: the sub-app that VOD chooses for the account, which it refuses for newer accounts. */
  readonly SubAppId?: number | undefined
  /** Text of yours that VOD returns with the task and in its events. vodflow adds its token, so that VOD's limit of 1,000 characters holds for both. */
  readonly SessionContext?: string | undefined
  /** Reserved by VOD for special purposes. */
  readonly ExtInfo?: string | undefined
}

/** The priority of a request. */
export interface PriorityField {
  /** Priority of the tasks in VOD's queue, a whole number from -10 to 10. Default 0; a higher number runs earlier. */
  readonly TasksPriority?: number | undefined
}

/** When VOD sends events of a task. */
export interface NotifyModeField {
  /** `Finish` (default) sends one event at the end, `Change` one for each state of a sub-task, and `None` none: the step then reads its tasks. */
  readonly TasksNotifyMode?: 'Finish' | 'Change' | 'None' | '' | undefined
}

/** The media file that an action works on. Give one of the two. */
export interface MediaFields {
  /** Id of the media file, 1 to 64 characters. It must be a string, because a number loses digits. */
  readonly FileId?: string | undefined
  /** Path of the media file in the storage of VOD, e.g. `/dir/video.mp4`, for sub-apps in the mode FileID + Path. */
  readonly MediaStoragePath?: string | undefined
}

/** A sub-task that VOD makes of a template. It takes all fields that VOD documents for it. */
export interface SubTaskInput {
  /** Id of the template, e.g. 100010 for MP4 in 360p. */
  readonly Definition?: number | undefined
  /** Further fields, as VOD documents them. */
  readonly [field: string]: unknown
}

/** The sub-tasks of one kind or another that process a media file. */
export interface MediaProcessTaskInput {
  /** Transcodes, one for each member. */
  readonly TranscodeTaskSet?: readonly SubTaskInput[] | undefined
  /** Animated images. */
  readonly AnimatedGraphicTaskSet?: readonly SubTaskInput[] | undefined
  /** Screenshots at given times. */
  readonly SnapshotByTimeOffsetTaskSet?: readonly SubTaskInput[] | undefined
  /** Screenshots at regular intervals. */
  readonly SampleSnapshotTaskSet?: readonly SubTaskInput[] | undefined
  /** Image sprites. */
  readonly ImageSpriteTaskSet?: readonly SubTaskInput[] | undefined
  /** Screenshots that become the cover. */
  readonly CoverBySnapshotTaskSet?: readonly SubTaskInput[] | undefined
  /** Adaptive bitrate streams (HLS, DASH). */
  readonly AdaptiveDynamicStreamingTaskSet?: readonly SubTaskInput[] | undefined
}

/** Fields of ProcessMediaByProcedure, which runs a task flow template on a media file. */
export interface ProcessMediaByProcedureRequest
  extends MediaFields,
    SubmitFields,
    PriorityField,
    NotifyModeField {
  /** Name of the task flow template, 1 to 1,000 characters. */
  readonly ProcedureName: string
}

/** Fields of ProcessMedia, which runs the sub-tasks that the request names. */
export interface ProcessMediaRequest extends MediaFields, SubmitFields, PriorityField, NotifyModeField {
  /** URL of a media file outside VOD, instead of FileId and MediaStoragePath. */
  readonly Url?: string | undefined
  /** Sub-tasks that process the media. */
  readonly MediaProcessTask?: MediaProcessTaskInput | undefined
  /** The older moderation. VOD recommends ReviewAudioVideo. */
  readonly AiContentReviewTask?: SubTaskInput | undefined
  /** Analysis of the content. */
  readonly AiAnalysisTask?: SubTaskInput | undefined
  /** Recognition of the content. */
  readonly AiRecognitionTask?: SubTaskInput | undefined
  /** Whether each output becomes a media file of its own. */
  readonly OutputAsIndependentMedia?: string | undefined
}

/** Fields of ReviewAudioVideo, which moderates a media file. */
export interface ReviewAudioVideoRequest extends MediaFields, SubmitFields, PriorityField {
  /** What to moderate. Default: VOD moderates the media. */
  readonly ReviewContents?: readonly ('Media' | 'Cover')[] | undefined
  /** Id of the moderation template. Default 10, the preset one. */
  readonly Definition?: number | undefined
}

/** Fields of PullUpload, which fetches a media file from a URL. */
export interface PullUploadRequest extends SubmitFields, PriorityField {
  /** URL of the media. HLS is possible, DASH is not. */
  readonly MediaUrl: string
  /** File extension of the media, e.g. `mp4`. Default: that of the URL. */
  readonly MediaType?: string | undefined
  /** Name of the media file. Default: VOD names it. */
  readonly MediaName?: string | undefined
  /** URL of the cover: GIF, JPEG or PNG. */
  readonly CoverUrl?: string | undefined
  /** Name of the task flow template that VOD runs after the fetch. The step waits for its tasks too. */
  readonly Procedure?: string | undefined
  /** Time at which VOD deletes the media file, ISO 8601. Default: never. */
  readonly ExpireTime?: string | undefined
  /** Region of the storage. Default: that of the sub-app. */
  readonly StorageRegion?: string | undefined
  /** Id of the category. Default 0. */
  readonly ClassId?: number | undefined
  /** Text of yours that VOD keeps with the media file. VOD's limit is 250 characters, of which vodflow needs some for its mark. */
  readonly SourceContext?: string | undefined
  /** Path under which VOD stores the media file, for sub-apps in the mode FileID + Path. */
  readonly MediaStoragePath?: string | undefined
}

/** A file that EditMedia cuts. */
export interface EditFileInput {
  /** Id of the media file. */
  readonly FileId: string
  /** Start of the part, in seconds. Default: the start of the file. */
  readonly StartTimeOffset?: number | undefined
  /** End of the part, in seconds. Default: the end of the file. */
  readonly EndTimeOffset?: number | undefined
  /** Further fields, as VOD documents them. */
  readonly [field: string]: unknown
}

/** A live stream that EditMedia cuts. */
export interface EditStreamInput {
  /** Id of the recorded live stream. */
  readonly StreamId: string
  /** Further fields, as VOD documents them. */
  readonly [field: string]: unknown
}

/** Fields of EditMedia, which cuts and joins media files or a live stream. */
export interface EditMediaRequest extends SubmitFields, PriorityField {
  /** Whether FileInfos or StreamInfos has the input. */
  readonly InputType: 'File' | 'Stream'
  /** Files, in the order in which they are joined. */
  readonly FileInfos?: readonly EditFileInput[] | undefined
  /** Live streams. */
  readonly StreamInfos?: readonly EditStreamInput[] | undefined
  /** Id of the template for the output. */
  readonly Definition?: number | undefined
  /** Name of the task flow template that VOD runs on the new file. The step waits for its tasks too. */
  readonly ProcedureName?: string | undefined
  /** Name, category and form of the new file, as VOD documents them. */
  readonly OutputConfig?: Readonly<Record<string, unknown>> | undefined
}

/** An item of a track, as VOD documents it. */
export interface ComposeTrackItem {
  /** `Video`, `Audio`, `Sticker`, `Transition` or `Empty`. */
  readonly Type: string
  /** Further fields, as VOD documents them. */
  readonly [field: string]: unknown
}

/** A track of ComposeMedia. */
export interface ComposeTrack {
  /** `Video`, `Audio` or `Title`. */
  readonly Type: string
  /** Items of the track, in the order in which they play. */
  readonly TrackItems: readonly ComposeTrackItem[]
  /** Further fields, as VOD documents them. */
  readonly [field: string]: unknown
}

/** The file that ComposeMedia makes, as VOD documents it. */
export interface ComposeOutput {
  /** Name of the new file. */
  readonly FileName: string
  /** Further fields, as VOD documents them. */
  readonly [field: string]: unknown
}

/** Fields of ComposeMedia, which puts tracks of video, audio and pictures together. */
export interface ComposeMediaRequest extends Omit<SubmitFields, 'ExtInfo'> {
  /** Tracks of the new file, at least one. */
  readonly Tracks: readonly ComposeTrack[]
  /** Name and form of the new file. */
  readonly Output: ComposeOutput
  /** Background and size, as VOD documents them. */
  readonly Canvas?: Readonly<Record<string, unknown>> | undefined
}

/** A part that SplitMedia cuts out. */
export interface SplitSegment {
  /** Start of the part, in seconds. Default: the start of the file. */
  readonly StartTimeOffset?: number | undefined
  /** End of the part, in seconds. Default: the end of the file. */
  readonly EndTimeOffset?: number | undefined
  /** Name of the task flow template that VOD runs on the part. The step waits for its tasks too. */
  readonly ProcedureName?: string | undefined
  /** Further fields, as VOD documents them. */
  readonly [field: string]: unknown
}

/** Fields of SplitMedia, which cuts one media file into several. */
export interface SplitMediaRequest extends Omit<SubmitFields, 'ExtInfo'>, PriorityField {
  /** Id of the media file, 1 to 64 characters. */
  readonly FileId: string
  /** Parts, 1 to 100. Each becomes a media file. */
  readonly Segments: readonly SplitSegment[]
}

/** The fields of each asynchronous action, as Tencent spells them, without `SessionId`, which is vodflow's. */
export interface StepRequests {
  /** Runs a task flow template on a media file. */
  readonly ProcessMediaByProcedure: ProcessMediaByProcedureRequest
  /** Runs the sub-tasks that the request names. */
  readonly ProcessMedia: ProcessMediaRequest
  /** Fetches a media file from a URL. */
  readonly PullUpload: PullUploadRequest
  /** Cuts and joins media files or a live stream. */
  readonly EditMedia: EditMediaRequest
  /** Puts tracks of video, audio and pictures together. */
  readonly ComposeMedia: ComposeMediaRequest
  /** Cuts one media file into several. */
  readonly SplitMedia: SplitMediaRequest
  /** Moderates a media file. */
  readonly ReviewAudioVideo: ReviewAudioVideoRequest
}

/** The fields of an asynchronous action. */
export type StepRequest<A extends keyof StepRequests> = A extends keyof StepRequests ? StepRequests[A] : never
