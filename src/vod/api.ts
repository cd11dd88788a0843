import type { z } from 'zod'
import type { VodAction } from './requests.js'
import * as edit from './schemas/edit.js'
import * as events from './schemas/events.js'
import * as media from './schemas/media.js'
import * as process from './schemas/processMedia.js'
import * as tasks from './schemas/tasks.js'
import * as templates from './schemas/templates.js'

/** Every action that vodflow calls, with the schema of its request and of the members of the response that vodflow relies on. */
export const vodApi = {
  ProcessMediaByProcedure: {
    request: process.ProcessMediaByProcedureRequest,
    response: process.ProcessMediaByProcedureResponse,
  },
  ProcessMedia: { request: process.ProcessMediaRequest, response: process.TaskIdResponse },
  PullUpload: { request: media.PullUploadRequest, response: process.TaskIdResponse },
  EditMedia: { request: edit.EditMediaRequest, response: process.TaskIdResponse },
  ComposeMedia: { request: edit.ComposeMediaRequest, response: process.TaskIdResponse },
  SplitMedia: { request: edit.SplitMediaRequest, response: process.TaskIdResponse },
  ReviewAudioVideo: { request: process.ReviewAudioVideoRequest, response: process.TaskIdResponse },
  DescribeTaskDetail: {
    request: tasks.DescribeTaskDetailRequest,
    response: tasks.DescribeTaskDetailResponse,
  },
  DescribeTasks: { request: tasks.DescribeTasksRequest, response: tasks.DescribeTasksResponse },
  ManageTask: { request: tasks.ManageTaskRequest, response: tasks.ManageTaskResponse },
  CreateProcedureTemplate: {
    request: templates.ProcedureTemplateRequest,
    response: templates.templateResponse,
  },
  ResetProcedureTemplate: {
    request: templates.ProcedureTemplateRequest,
    response: templates.templateResponse,
  },
  DeleteProcedureTemplate: {
    request: templates.DeleteProcedureTemplateRequest,
    response: templates.templateResponse,
  },
  DescribeProcedureTemplates: {
    request: templates.DescribeProcedureTemplatesRequest,
    response: templates.DescribeProcedureTemplatesResponse,
  },
  PullEvents: { request: events.PullEventsRequest, response: events.PullEventsResponse },
  ConfirmEvents: { request: events.ConfirmEventsRequest, response: events.ConfirmEventsResponse },
  ModifyEventConfig: { request: events.ModifyEventConfigRequest, response: events.ModifyEventConfigResponse },
  DescribeEventConfig: {
    request: events.DescribeEventConfigRequest,
    response: events.DescribeEventConfigResponse,
  },
  SearchMedia: { request: media.SearchMediaRequest, response: media.SearchMediaResponse },
  DescribeMediaInfos: {
    request: media.DescribeMediaInfosRequest,
    response: media.DescribeMediaInfosResponse,
  },
  DeleteMedia: { request: media.DeleteMediaRequest, response: media.DeleteMediaResponse },
} as const satisfies Readonly<
  Record<VodAction, { readonly request: z.ZodType; readonly response: z.ZodType }>
>
