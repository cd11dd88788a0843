import { z } from 'zod'
import type { Context } from '../context.js'
import { parse } from '../request.js'
import { withSession } from '../tasks/session.js'
import { refuseLongSessionContext, refuseLongSessionId, submissionFields } from '../tasks/submission.js'
import { submitProcedure } from '../tasks/submit.js'
import { mediaSetNames } from '../tasks/subTasks.js'
import { ApiError } from '../wire/apiError.js'

const Inputs = z.array(z.record(z.string(), z.unknown()))

const Request = z.strictObject({
  FileId: z.string().default(''),
  MediaProcessTask: z.partialRecord(z.enum(mediaSetNames), Inputs).default({}),
  ...submissionFields,
})

/** Runs the sub-tasks that the request names as one task. Only media sub-tasks are supported: AI sub-tasks need a template. */
export async function processMedia(context: Context, given: unknown) {
  const request = parse(Request, given)
  const app = request.SubAppId ?? context.defaultSubAppId
  refuseLongSessionId(request)
  return withSession(
    context,
    { action: 'ProcessMedia', SessionId: request.SessionId },
    {
      validate() {
        refuseLongSessionContext(request)
        const file = context.media.get(request.FileId)
        if (file?.SubAppId !== app)
          throw new ApiError('InvalidParameterValue.FileId', 'The FileId does not exist.')
        if (Object.values(request.MediaProcessTask).flat().length === 0)
          throw new ApiError('InvalidParameterValue', 'MediaProcessTask is empty.')
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
