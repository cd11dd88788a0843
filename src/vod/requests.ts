import type { MediaProcessTaskInput, StepRequests, SubTaskInput } from '../contract/requests.js'

/*
 * The requests of VOD's API as plain types; `responses.ts` has the answers. The schemas in `schemas` parse them, and the compiler compares
 * the two in `test/vod/schemas-match-the-sdk.ts`.
 */

/** The sub-app that a request is for. */
export interface SubAppField {
  /** Id of the sub-app, a whole number above 0. Default: the sub-app that VOD chooses for the account. */
  readonly SubAppId?: number | undefined
}

/** A span of time. Both ends are ISO 8601. */
export interface TimeRange {
  /** Start of the span. Default: no limit. */
  readonly After?: string | undefined
  /** End of the span. Default: no limit. */
  readonly Before?: string | undefined
}

/** Fields of DescribeTaskDetail, which shows one task for 72 hours. */
export interface DescribeTaskDetailRequest extends SubAppField {
  /** Id of the task. */
  readonly TaskId: string
}

/** Fields of DescribeTasks, which lists tasks. */
export interface DescribeTasksRequest extends SubAppField {
  /** Lists only tasks with this status. */
  readonly Status?: 'WAITING' | 'PROCESSING' | 'FINISH' | undefined
  /** Lists only tasks of this media file. */
  readonly FileId?: string | undefined
  /** Lists only tasks that were made in this span. */
  readonly CreateTime?: TimeRange | undefined
  /** Lists only tasks that ended in this span. */
  readonly FinishTime?: TimeRange | undefined
  /** Order of the tasks. */
  readonly Sort?: TaskOrder | undefined
  /** Number of tasks on a page, 1 to 100. Default 10. */
  readonly Limit?: number | undefined
  /** The `ScrollToken` of the page before. */
  readonly ScrollToken?: string | undefined
}

/** Order of the tasks in a list. */
export interface TaskOrder {
  /** The time that decides. */
  readonly Field: 'CreateTime' | 'FinishTime'
  /** Whether the earliest or the latest comes first. */
  readonly Order: 'Asc' | 'Desc'
}

/** Fields of ManageTask, which aborts a task that has not started. */
export interface ManageTaskRequest extends SubAppField {
  /** Id of the task. */
  readonly TaskId: string
  /** What happens to the task. */
  readonly OperationType: 'Abort'
}

/** Fields of CreateProcedureTemplate and ResetProcedureTemplate, which write a task flow template. */
export interface ProcedureTemplateRequest extends SubAppField {
  /** Name of the template, 1 to 20 characters. */
  readonly Name: string
  /** Text of yours, at most 256 characters. */
  readonly Comment?: string | undefined
  /** Sub-tasks that process the media. */
  readonly MediaProcessTask?: MediaProcessTaskInput | undefined
  /** The older moderation. VOD recommends ReviewAudioVideoTask. */
  readonly AiContentReviewTask?: SubTaskInput | undefined
  /** Analysis of the content. */
  readonly AiAnalysisTask?: SubTaskInput | undefined
  /** Recognition of the content, with several templates. */
  readonly AiRecognitionTaskSet?: readonly SubTaskInput[] | undefined
  /** Recognition of the content, with one template. */
  readonly AiRecognitionTask?: SubTaskInput | undefined
  /** Moderation of the media. */
  readonly ReviewAudioVideoTask?: SubTaskInput | undefined
  /** Imports of the media into knowledge bases. */
  readonly ImportMediaKnowledgeTaskSet?: readonly SubTaskInput[] | undefined
}

/** Fields of DeleteProcedureTemplate. */
export interface DeleteProcedureTemplateRequest extends SubAppField {
  /** Name of the template. */
  readonly Name: string
}

/** Fields of DescribeProcedureTemplates, which lists task flow templates. */
export interface DescribeProcedureTemplatesRequest extends SubAppField {
  /** Lists only templates with these names, at most 100. */
  readonly Names?: readonly string[] | undefined
  /** Lists only VOD's own templates, or only yours. */
  readonly Type?: 'Preset' | 'Custom' | undefined
  /** Number of templates before the page. Default 0. */
  readonly Offset?: number | undefined
  /** Number of templates on a page, 1 to 100. Default 10. */
  readonly Limit?: number | undefined
}

/** Fields of PullEvents, which reads events from the queue of the sub-app. */
export interface PullEventsRequest extends SubAppField {
  /** Reserved by VOD for special purposes. */
  readonly ExtInfo?: string | undefined
}

/** Fields of ConfirmEvents, which removes events from the queue. */
export interface ConfirmEventsRequest extends SubAppField {
  /** Handles of the events, 1 to 16. */
  readonly EventHandles: readonly string[]
  /** Reserved by VOD for special purposes. */
  readonly ExtInfo?: string | undefined
}

/** Fields of ModifyEventConfig. VOD keeps the settings that are absent. */
export interface ModifyEventConfigRequest extends SubAppField {
  /** Whether VOD sends events to `NotificationUrl`, or keeps them for PullEvents. */
  readonly Mode?: 'PUSH' | 'PULL' | undefined
  /** URL that receives the events. */
  readonly NotificationUrl?: string | undefined
  /** Whether VOD makes an event of each upload. */
  readonly UploadMediaCompleteEventSwitch?: 'ON' | 'OFF' | undefined
  /** Whether VOD makes an event of each deletion. */
  readonly DeleteMediaCompleteEventSwitch?: 'ON' | 'OFF' | undefined
  /** Whether VOD makes an event of each persistent storage of a URL. */
  readonly PersistenceCompleteEventSwitch?: 'ON' | 'OFF' | undefined
  /** Key with which VOD signs its events. */
  readonly SignKey?: string | undefined
}

/** Fields of DescribeEventConfig. */
export interface DescribeEventConfigRequest extends SubAppField {}

/** Fields of SearchMedia. It takes all fields that VOD documents. */
export interface SearchMediaRequest extends SubAppField {
  /** Finds only these media files. */
  readonly FileIds?: readonly string[] | undefined
  /** Finds only media that were made in this span. */
  readonly CreateTime?: TimeRange | undefined
  /** Parts of the description of each media file, e.g. `basicInfo`. Default: all. */
  readonly Filters?: readonly string[] | undefined
  /** Order of the media. */
  readonly Sort?: MediaOrder | undefined
  /** Number of media before the page. Default 0. */
  readonly Offset?: number | undefined
  /** Number of media on a page. Default 10. */
  readonly Limit?: number | undefined
  /** Further fields, as VOD documents them. */
  readonly [field: string]: unknown
}

/** Order of the media in a search. */
export interface MediaOrder {
  /** Name of the member that decides, e.g. `CreateTime`. */
  readonly Field: string
  /** Whether the lowest or the highest comes first. */
  readonly Order: 'Asc' | 'Desc'
}

/** Fields of DescribeMediaInfos, which describes media files. */
export interface DescribeMediaInfosRequest extends SubAppField {
  /** Ids of the media files, 1 to 20. */
  readonly FileIds?: readonly string[] | undefined
  /** Parts of the description, e.g. `basicInfo`. Default: all. */
  readonly Filters?: readonly string[] | undefined
}

/** Fields of DeleteMedia, which deletes a media file, or parts of it. */
export interface DeleteMediaRequest extends SubAppField {
  /** Id of the media file. */
  readonly FileId: string
  /** Parts to delete. Default: the whole file. */
  readonly DeleteParts?: readonly MediaPart[] | undefined
}

/** A part of a media file. It takes all fields that VOD documents. */
export interface MediaPart {
  /** Kind of the part, e.g. `OriginalFiles` or `TranscodeFiles`. */
  readonly Type: string
  /** Further fields, as VOD documents them. */
  readonly [field: string]: unknown
}

/** The field with which VOD recognizes a repeated submission. */
export interface SessionIdField {
  /** Id of the submission, at most 50 characters. VOD refuses a second request with it for 7 days. */
  readonly SessionId?: string | undefined
}

/** The fields of each action whose request and answer are checked, as Tencent spells them. */
export interface VodRequests extends SubmitRequests {
  /** Shows one task. */
  readonly DescribeTaskDetail: DescribeTaskDetailRequest
  /** Lists tasks. */
  readonly DescribeTasks: DescribeTasksRequest
  /** Aborts a task that has not started. */
  readonly ManageTask: ManageTaskRequest
  /** Makes a task flow template. */
  readonly CreateProcedureTemplate: ProcedureTemplateRequest
  /** Replaces a task flow template. */
  readonly ResetProcedureTemplate: ProcedureTemplateRequest
  /** Deletes a task flow template. */
  readonly DeleteProcedureTemplate: DeleteProcedureTemplateRequest
  /** Lists task flow templates. */
  readonly DescribeProcedureTemplates: DescribeProcedureTemplatesRequest
  /** Reads events from the queue of the sub-app. */
  readonly PullEvents: PullEventsRequest
  /** Removes events from the queue of the sub-app. */
  readonly ConfirmEvents: ConfirmEventsRequest
  /** Changes how the sub-app sends events. */
  readonly ModifyEventConfig: ModifyEventConfigRequest
  /** Shows how the sub-app sends events. */
  readonly DescribeEventConfig: DescribeEventConfigRequest
  /** Finds media files. */
  readonly SearchMedia: SearchMediaRequest
  /** Describes media files. */
  readonly DescribeMediaInfos: DescribeMediaInfosRequest
  /** Deletes a media file, or parts of it. */
  readonly DeleteMedia: DeleteMediaRequest
}

/** The fields of each asynchronous action. */
export type SubmitRequests = { readonly [A in keyof StepRequests]: StepRequests[A] & SessionIdField }

/** An action of VOD whose request and answer vodflow checks. */
export type VodAction = keyof VodRequests
/** The fields of an action. */
export type VodRequest<A extends VodAction> = VodRequests[A]
