import { z } from 'zod'
import { newTemplateNameRule } from '../../contract/patterns.js'
import { emptyResponse, RequestId, SubAppId, shownList, text } from './common.js'
import { templateName } from './ids.js'
import { textOf } from './rules.js'

/** A definition makes a sub-task. Other members of an item are kept. */
const task = z.looseObject({ Definition: z.int().optional() })
const tasks = z.array(task).optional()

export const MediaProcessTaskInput = z.strictObject({
  TranscodeTaskSet: tasks,
  AnimatedGraphicTaskSet: tasks,
  SnapshotByTimeOffsetTaskSet: tasks,
  SampleSnapshotTaskSet: tasks,
  ImageSpriteTaskSet: tasks,
  CoverBySnapshotTaskSet: tasks,
  AdaptiveDynamicStreamingTaskSet: tasks,
})

/** The request of both CreateProcedureTemplate and ResetProcedureTemplate. */
export const ProcedureTemplateRequest = z.strictObject({
  Name: textOf(newTemplateNameRule),
  SubAppId: SubAppId.optional(),
  Comment: z.string().max(256).optional(),
  MediaProcessTask: MediaProcessTaskInput.optional(),
  AiContentReviewTask: task.optional(),
  AiAnalysisTask: task.optional(),
  AiRecognitionTaskSet: tasks,
  AiRecognitionTask: task.optional(),
  ReviewAudioVideoTask: task.optional(),
  ImportMediaKnowledgeTaskSet: tasks,
})

export const DeleteProcedureTemplateRequest = z.strictObject({
  Name: templateName,
  SubAppId: SubAppId.optional(),
})

export const DescribeProcedureTemplatesRequest = z.strictObject({
  Names: z.array(templateName).max(100).optional(),
  Type: z.enum(['Preset', 'Custom']).optional(),
  Offset: z.int().min(0).optional(),
  Limit: z.int().min(1).max(100).optional(),
  SubAppId: SubAppId.optional(),
})

export const ProcedureTemplate = z.looseObject({
  Name: z.string(),
  Type: text,
  CreateTime: text,
  UpdateTime: text,
})

export const DescribeProcedureTemplatesResponse = z.looseObject({
  TotalCount: z.number(),
  ProcedureTemplateSet: shownList(ProcedureTemplate),
  ...RequestId,
})

export const templateResponse = emptyResponse
