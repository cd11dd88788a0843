import { z } from 'zod'
import type { Context } from '../context.js'
import { parse, SubAppId } from '../request.js'
import { withSession } from '../tasks/session.js'
import { submitProcedure } from '../tasks/submit.js'
import { mediaSetNames } from '../tasks/subTasks.js'
import { ApiError } from '../wire/apiError.js'

const Inputs = z.array(z.record(z.string(), z.unknown()))

const Request = z.strictObject({
  FileId: z.string().default(''),
  SubAppId,
  MediaProcessTask: z.partialRecord(z.enum(mediaSetNames), Inputs).default({}),
  TasksPriority: z.int().min(-10).max(10).default(0),
  TasksNotifyMode: z.enum(['Finish', 'Change', 'None', '']).default(''),
  SessionContext: z.string().default(''),
  SessionId: z.string().default(''),
  ExtInfo: z.string().optional(),
})

/** The sub-tasks that the request itself names, as one task. Of media sub-tasks only: the AI ones come by template. */
export async function processMedia(context: Context, given: unknown) {
  const request = parse(Request, given)
  const app = request.SubAppId ?? context.defaultSubAppId
  if (request.SessionId.length > 50)
    throw new ApiError('InvalidParameterValue.SessionIdTooLong', 'SessionId is too long.')
  return withSession(
    context,
    { action: 'ProcessMedia', SessionId: request.SessionId },
    {
      validate() {
        if (request.SessionContext.length > 1000)
          throw new ApiError('InvalidParameterValue.SessionContextTooLong', 'SessionContext is too long.')
        const file = context.media.get(request.FileId)
        if (file?.SubAppId !== app)
          throw new ApiError('InvalidParameterValue.FileId', 'The FileId does not exist.')
        if (Object.values(request.MediaProcessTask).flat().length === 0)
          throw new ApiError('InvalidParameterValue', 'MediaProcessTask asks for nothing.')
        return file
      },
      accept(file) {
        const { MediaProcessTask } = request
        const { TaskId } = submitProcedure(context, { file, body: { MediaProcessTask }, options: request })
        return { TaskId }
      },
    },
  )
}
