import type { VodAction } from './requests.js'

/** The answer to an action. It has all members that VOD sends. */
export interface VodAnswer {
  /** Id of the request, for Tencent's support. Empty if VOD sends none. */
  readonly RequestId: string
  /** Further members, unchecked. */
  readonly [member: string]: unknown
}

/** The answer to an action that makes one task. */
export interface TaskIdAnswer extends VodAnswer {
  /** Id of the task. Empty if VOD sends none. */
  readonly TaskId: string
}

/** The answer to ProcessMediaByProcedure. */
export interface ProcessMediaByProcedureAnswer extends TaskIdAnswer {
  /** Id of the moderation. Empty if the template asks for none; if it is absent, the answer is incomplete. */
  readonly ReviewAudioVideoTaskId?: string | null | undefined
  /** Ids of the imports into knowledge bases. */
  readonly ImportMediaKnowledgeTaskIdSet: readonly string[]
}

/** The answer to DescribeTaskDetail. The member that is named after the type has the task itself. */
export interface DescribeTaskDetailAnswer extends VodAnswer {
  /** Type of the task, e.g. `Procedure`. */
  readonly TaskType: string
  /** Status of the task: `WAITING`, `PROCESSING`, `FINISH` or `ABORTED`. */
  readonly Status: string
  /** Time at which VOD made the task, ISO 8601. Empty if VOD shows none. */
  readonly CreateTime: string
  /** Time at which VOD started the task, ISO 8601. Empty if VOD shows none. */
  readonly BeginProcessTime: string
  /** Time at which the task ended, ISO 8601. Empty if VOD shows none. */
  readonly FinishTime: string
}

/** A task in a list. It has all members that VOD sends. */
export interface ListedTask {
  /** Id of the task. */
  readonly TaskId: string
  /** Status of the task: `WAITING`, `PROCESSING`, `FINISH` or `ABORTED`. */
  readonly Status: string
  /** Id of the media file. Empty if VOD shows none. */
  readonly FileId: string
  /** Type of the task, e.g. `Procedure`. */
  readonly TaskType: string
  /** Time at which VOD made the task, ISO 8601. Empty if VOD shows none. */
  readonly CreateTime: string
  /** Time at which VOD started the task, ISO 8601. Empty if VOD shows none. */
  readonly BeginProcessTime: string
  /** Time at which the task ended, ISO 8601. For an open task, it is empty or in the year 1. */
  readonly FinishTime: string
  /** The `SessionId` of the submission. Empty if there was none. */
  readonly SessionId: string
  /** The `SessionContext` of the submission. Empty if there was none. */
  readonly SessionContext: string
  /** Further members, unchecked. */
  readonly [member: string]: unknown
}

/** The answer to DescribeTasks: a page of tasks. */
export interface DescribeTasksAnswer extends VodAnswer {
  /** Tasks of the page. It can be null, which VOD does not document. */
  readonly TaskSet: readonly ListedTask[] | null
  /** Token of the next page. Empty on the last one. */
  readonly ScrollToken: string
}

/** A task flow template. It has all members that VOD sends. */
export interface ListedTemplate {
  /** Name of the template. */
  readonly Name: string
  /** `Preset` or `Custom`. */
  readonly Type: string
  /** Time at which the template was made, ISO 8601. */
  readonly CreateTime: string
  /** Time of its last change, ISO 8601. */
  readonly UpdateTime: string
  /** Further members, unchecked. */
  readonly [member: string]: unknown
}

/** The answer to DescribeProcedureTemplates: a page of templates. */
export interface DescribeProcedureTemplatesAnswer extends VodAnswer {
  /** Number of templates on all pages. */
  readonly TotalCount: number
  /** Templates of the page. */
  readonly ProcedureTemplateSet: readonly ListedTemplate[]
}

/** The answer to PullEvents. */
export interface PullEventsAnswer extends VodAnswer {
  /** Events, unchecked. */
  readonly EventSet: readonly unknown[]
}

/** The answer to DescribeEventConfig. VOD never returns the SignKey. */
export interface DescribeEventConfigAnswer extends VodAnswer {
  /** `PUSH` or `PULL`. */
  readonly Mode: string
  /** URL that receives the events. Empty if there is none. */
  readonly NotificationUrl: string
}

/** A media file. It has all members that VOD sends. */
export interface ListedMedia {
  /** Id of the media file. */
  readonly FileId: string
  /** Further members, unchecked. */
  readonly [member: string]: unknown
}

/** The answer to SearchMedia: a page of media files. */
export interface SearchMediaAnswer extends VodAnswer {
  /** Number of media files on all pages. */
  readonly TotalCount: number
  /** Media files of the page. */
  readonly MediaInfoSet: readonly ListedMedia[]
}

/** The answer to DescribeMediaInfos. */
export interface DescribeMediaInfosAnswer extends VodAnswer {
  /** Media files that exist. */
  readonly MediaInfoSet: readonly ListedMedia[]
  /** Ids without a media file. */
  readonly NotExistFileIdSet: readonly string[]
}

/** The checked answer to each action. */
export interface VodResponses {
  /** Tasks that the template asks for. */
  readonly ProcessMediaByProcedure: ProcessMediaByProcedureAnswer
  /** The task. */
  readonly ProcessMedia: TaskIdAnswer
  /** The task. */
  readonly PullUpload: TaskIdAnswer
  /** The task. */
  readonly EditMedia: TaskIdAnswer
  /** The task. */
  readonly ComposeMedia: TaskIdAnswer
  /** The task. */
  readonly SplitMedia: TaskIdAnswer
  /** The task. */
  readonly ReviewAudioVideo: TaskIdAnswer
  /** The whole task. */
  readonly DescribeTaskDetail: DescribeTaskDetailAnswer
  /** A page of tasks. */
  readonly DescribeTasks: DescribeTasksAnswer
  /** Nothing but the id of the request. */
  readonly ManageTask: VodAnswer
  /** Nothing but the id of the request. */
  readonly CreateProcedureTemplate: VodAnswer
  /** Nothing but the id of the request. */
  readonly ResetProcedureTemplate: VodAnswer
  /** Nothing but the id of the request. */
  readonly DeleteProcedureTemplate: VodAnswer
  /** A page of templates. */
  readonly DescribeProcedureTemplates: DescribeProcedureTemplatesAnswer
  /** Events of the queue. */
  readonly PullEvents: PullEventsAnswer
  /** Nothing but the id of the request. */
  readonly ConfirmEvents: VodAnswer
  /** Nothing but the id of the request. */
  readonly ModifyEventConfig: VodAnswer
  /** Settings of the sub-app. */
  readonly DescribeEventConfig: DescribeEventConfigAnswer
  /** A page of media files. */
  readonly SearchMedia: SearchMediaAnswer
  /** Media files that exist, and ids without one. */
  readonly DescribeMediaInfos: DescribeMediaInfosAnswer
  /** Nothing but the id of the request. */
  readonly DeleteMedia: VodAnswer
}

/** The checked answer to an action. */
export type VodResponse<A extends VodAction> = VodResponses[A]
