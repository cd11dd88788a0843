/**
 * Checked by the compiler alone: every schema against the official SDK's types, so that they cannot drift. A field
 * that is misspelled, or has another type, is an error in this file.
 */
import type * as sdk from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_models.js'
import type { z } from 'zod'
import type { EventMember } from '../../src/contract/actions.js'
import type { searchConditions, searchSpans } from '../../src/contract/inputs.js'
import type { vodApi } from '../../src/vod/api.js'
import type { VodAction, VodRequest } from '../../src/vod/requests.js'
import type { VodResponse } from '../../src/vod/responses.js'
import type { TaskSimpleInfo } from '../../src/vod/schemas/tasks.js'
import type { ProcedureTemplate } from '../../src/vod/schemas/templates.js'

interface Sdk {
  ProcessMedia: [sdk.ProcessMediaRequest, sdk.ProcessMediaResponse]
  ProcessMediaByProcedure: [sdk.ProcessMediaByProcedureRequest, sdk.ProcessMediaByProcedureResponse]
  DescribeTaskDetail: [sdk.DescribeTaskDetailRequest, sdk.DescribeTaskDetailResponse]
  DescribeTasks: [sdk.DescribeTasksRequest, sdk.DescribeTasksResponse]
  ManageTask: [sdk.ManageTaskRequest, sdk.ManageTaskResponse]
  CreateProcedureTemplate: [sdk.CreateProcedureTemplateRequest, sdk.CreateProcedureTemplateResponse]
  ResetProcedureTemplate: [sdk.ResetProcedureTemplateRequest, sdk.ResetProcedureTemplateResponse]
  DeleteProcedureTemplate: [sdk.DeleteProcedureTemplateRequest, sdk.DeleteProcedureTemplateResponse]
  DescribeProcedureTemplates: [sdk.DescribeProcedureTemplatesRequest, sdk.DescribeProcedureTemplatesResponse]
  PullEvents: [sdk.PullEventsRequest, sdk.PullEventsResponse]
  ConfirmEvents: [sdk.ConfirmEventsRequest, sdk.ConfirmEventsResponse]
  ModifyEventConfig: [sdk.ModifyEventConfigRequest, sdk.ModifyEventConfigResponse]
  DescribeEventConfig: [sdk.DescribeEventConfigRequest, sdk.DescribeEventConfigResponse]
  PullUpload: [sdk.PullUploadRequest, sdk.PullUploadResponse]
  EditMedia: [sdk.EditMediaRequest, sdk.EditMediaResponse]
  ComposeMedia: [sdk.ComposeMediaRequest, sdk.ComposeMediaResponse]
  SplitMedia: [sdk.SplitMediaRequest, sdk.SplitMediaResponse]
  ReviewAudioVideo: [sdk.ReviewAudioVideoRequest, sdk.ReviewAudioVideoResponse]
  SearchMedia: [sdk.SearchMediaRequest, sdk.SearchMediaResponse]
  DescribeMediaInfos: [sdk.DescribeMediaInfosRequest, sdk.DescribeMediaInfosResponse]
  DeleteMedia: [sdk.DeleteMediaRequest, sdk.DeleteMediaResponse]
}

/** The names that stand in a type, without an index signature. */
type Named<T> = keyof { [K in keyof T as string extends K ? never : K]: T[K] }

/**
 * Interfaces as plain object types: only those fit a type with an index signature. The SDK marks every member as
 * optional; which of them we insist on is our choice.
 */
type Plain<T> = T extends (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { [K in keyof T]-?: Plain<Exclude<T[K], undefined>> }
    : T

/** Names of ours that the SDK does not have: there must be none. */
type Unknown<Ours, Theirs> = Exclude<Named<Ours>, keyof Theirs>

/** Whether what the SDK gives can be read by our schema, member by member. */
type Readable<Schema extends z.ZodType, Theirs> = {
  [K in Named<z.input<Schema>> & keyof Theirs]: Plain<
    Exclude<Theirs[K], undefined>
  > extends z.input<Schema>[K]
    ? never
    : K
}[Named<z.input<Schema>> & keyof Theirs]

type None<T extends never> = T

/** Every name of a request is the SDK's. */
export type RequestNames = None<{ [A in VodAction]: Unknown<VodRequest<A>, Sdk[A][0]> }[VodAction]>
/** Every name of a response that we rely on is the SDK's. */
export type ResponseNames = None<
  { [A in VodAction]: Unknown<z.input<(typeof vodApi)[A]['response']>, Sdk[A][1]> }[VodAction]
>
/** Every response of the SDK's type can be read. */
export type ResponsesReadable = None<
  { [A in VodAction]: Readable<(typeof vodApi)[A]['response'], Sdk[A][1]> }[VodAction]
>

/** Lists that may be read only, at every depth. */
type ReadOnly<T> = T extends readonly (infer Item)[]
  ? readonly ReadOnly<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: ReadOnly<T[K]> }
    : T
/** Two types that are only assignable to each other may differ in their optional members. */
type Same<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? never : One
/** Our plain type of each request is what its schema takes. */
export type RequestTypes = None<
  {
    [A in VodAction]: Same<ReadOnly<VodRequest<A>>, ReadOnly<z.input<(typeof vodApi)[A]['request']>>>
  }[VodAction]
>
/** Our plain type of each answer is what its schema returns. */
export type ResponseTypes = None<
  {
    [A in VodAction]: Same<ReadOnly<VodResponse<A>>, ReadOnly<z.output<(typeof vodApi)[A]['response']>>>
  }[VodAction]
>

export type ListedTaskNames = None<Unknown<z.input<typeof TaskSimpleInfo>, sdk.TaskSimpleInfo>>
export type TemplateNames = None<Unknown<z.input<typeof ProcedureTemplate>, sdk.ProcedureTemplate>>
export type EventMembers = None<Exclude<EventMember, keyof sdk.EventContent>>
export type EventTaskNames = None<
  Exclude<'TaskId' | 'Status' | 'SessionContext' | 'MediaProcessResultSet', keyof sdk.ProcedureTask>
>

/** The conditions that a batch takes for its search, and the fields that it sets itself. */
type ConditionOfSearch = (typeof searchConditions)[number] | (typeof searchSpans)[number]
type SetByBatch = 'Sort' | 'Offset' | 'Limit' | 'Filters' | 'SubAppId'
export type MissingConditions = None<Exclude<keyof sdk.SearchMediaRequest, ConditionOfSearch | SetByBatch>>
export type OtherConditions = None<Exclude<ConditionOfSearch, keyof sdk.SearchMediaRequest>>

/** What we send is what the SDK sends; an empty TasksNotifyMode is documented and a plain string there. */
export const requestsFit: { [A in VodAction]: (request: VodRequest<A>) => Loose<Plain<Sdk[A][0]>> } = {
  ProcessMedia: (request) => request,
  ProcessMediaByProcedure: (request) => request,
  DescribeTaskDetail: (request) => request,
  DescribeTasks: (request) => request,
  ManageTask: (request) => request,
  CreateProcedureTemplate: (request) => request,
  ResetProcedureTemplate: (request) => request,
  DeleteProcedureTemplate: (request) => request,
  DescribeProcedureTemplates: (request) => request,
  PullEvents: (request) => request,
  ConfirmEvents: (request) => request,
  ModifyEventConfig: (request) => request,
  DescribeEventConfig: (request) => request,
  PullUpload: (request) => request,
  EditMedia: (request) => request,
  ComposeMedia: (request) => request,
  SplitMedia: (request) => request,
  ReviewAudioVideo: (request) => request,
  SearchMedia: (request) => request,
  DescribeMediaInfos: (request) => request,
  DeleteMedia: (request) => request,
}

/** Optional may be undefined; a template's items are only partly typed by us. */
type Loose<T> = T extends (infer Item)[]
  ? readonly Loose<Item>[]
  : T extends object
    ? { [K in keyof T]?: Loose<T[K]> | undefined }
    : T
