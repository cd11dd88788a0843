import { z } from 'zod'
import { RequestId, text } from './common.js'
import { templateName } from './ids.js'
import { media, oneMedia, submission, TasksNotifyMode, TasksPriority } from './submission.js'
import { MediaProcessTaskInput } from './templates.js'

/** The eight inputs of ProcessMediaByProcedure. The schema is strict, because VOD answers an unknown one with UnknownParameter. */
export const ProcessMediaByProcedureRequest = oneMedia(
  z.strictObject({
    ProcedureName: templateName,
    ...media,
    ...submission,
    TasksPriority,
    TasksNotifyMode: TasksNotifyMode.optional(),
  }),
)

const definition = z.looseObject({ Definition: z.int().optional() })

/** The sub-tasks are in the request itself, not in a template. */
export const ProcessMediaRequest = oneMedia(
  z.strictObject({
    ...media,
    Url: z.string().optional(),
    MediaProcessTask: MediaProcessTaskInput.optional(),
    AiContentReviewTask: definition.optional(),
    AiAnalysisTask: definition.optional(),
    AiRecognitionTask: definition.optional(),
    OutputAsIndependentMedia: z.string().optional(),
    ...submission,
    TasksPriority,
    TasksNotifyMode: TasksNotifyMode.optional(),
  }),
)

export const ReviewAudioVideoRequest = oneMedia(
  z.strictObject({
    ...media,
    ReviewContents: z.array(z.enum(['Media', 'Cover'])).optional(),
    Definition: z.int().optional(),
    ...submission,
    TasksPriority,
  }),
)

/** The id of a task that the template does not ask for is `""`. If the member itself is missing, the answer is incomplete. */
export const ProcessMediaByProcedureResponse = z.looseObject({
  TaskId: text,
  ReviewAudioVideoTaskId: z.string().nullish(),
  ImportMediaKnowledgeTaskIdSet: z
    .array(z.string())
    .nullish()
    .transform((ids) => ids ?? []),
  ...RequestId,
})

/** The response of every action that makes one task. */
export const TaskIdResponse = z.looseObject({ TaskId: text, ...RequestId })
