import { z } from 'zod'
import { RequestId, SubAppId, text } from './common.js'

/** Limits of the API page "ProcessMediaByProcedure", 2026-05-19. */
export const maxSessionContext = 1_000
export const maxSessionId = 50

const TasksNotifyMode = z.enum(
  ['Finish', 'Change', 'None', ''],
  'must be Finish, Change or None; empty means Finish',
)

/** The eight inputs of ProcessMediaByProcedure. Strict: VOD answers an unknown one with UnknownParameter. */
export const ProcessMediaByProcedureRequest = z
  .strictObject({
    ProcedureName: z
      .string('must be the name of a task flow template')
      .min(1, 'is empty; give the name of a task flow template'),
    FileId: z.string('must be a string; as a number it loses digits').optional(),
    MediaStoragePath: z.string('must be the storage path of the media, e.g. /dir/video.mp4').optional(),
    SubAppId: SubAppId.optional(),
    TasksPriority: z
      .int('must be a whole number from -10 to 10')
      .min(-10, 'is below -10; give -10 to 10')
      .max(10, 'is above 10; give -10 to 10')
      .optional(),
    TasksNotifyMode: TasksNotifyMode.optional(),
    SessionContext: z
      .string('must be a string; put objects through JSON.stringify')
      .max(
        maxSessionContext,
        `is longer than ${maxSessionContext} characters; shorten it, e.g. to an id of your own`,
      )
      .optional(),
    SessionId: z
      .string()
      .max(maxSessionId, `is longer than ${maxSessionId} characters; shorten it`)
      .optional(),
    ExtInfo: z.string('must be a string').optional(),
  })
  .superRefine(({ FileId, MediaStoragePath }, context) => {
    if (!FileId && !MediaStoragePath) {
      context.addIssue({
        code: 'custom',
        path: ['FileId'],
        message: 'is missing; give FileId or MediaStoragePath',
      })
    }
    if (FileId && MediaStoragePath) {
      context.addIssue({
        code: 'custom',
        path: ['MediaStoragePath'],
        message: 'stands beside FileId; give only one of the two',
      })
    }
  })

/** Only what a repair sends: sets of media sub-tasks, as VOD recorded their inputs. */
export const ProcessMediaRequest = z.strictObject({
  FileId: z.string().min(1, 'is empty; give the id of a media file'),
  SubAppId: SubAppId.optional(),
  MediaProcessTask: z.record(z.string(), z.array(z.looseObject({})).readonly()),
  TasksPriority: z.int().min(-10).max(10).optional(),
  TasksNotifyMode: TasksNotifyMode.optional(),
  SessionContext: z.string().max(maxSessionContext).optional(),
  SessionId: z.string().max(maxSessionId).optional(),
})

export const ProcessMediaResponse = z.looseObject({ TaskId: text, ...RequestId })

/** A task that the template does not ask for is `""`. */
export const ProcessMediaByProcedureResponse = z.looseObject({
  TaskId: text,
  ReviewAudioVideoTaskId: text,
  ImportMediaKnowledgeTaskIdSet: z
    .array(z.string())
    .nullish()
    .transform((ids) => ids ?? []),
  ...RequestId,
})
