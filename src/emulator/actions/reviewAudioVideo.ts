import { z } from 'zod'
import type { Context } from '../context.js'
import { parse } from '../request.js'
import { withSession } from '../tasks/session.js'
import { refuseLongSessionContext, refuseLongSessionId, submissionFields } from '../tasks/submission.js'
import { submitProcedure } from '../tasks/submit.js'
import { ApiError } from '../wire/apiError.js'

const { TasksNotifyMode: _, ...fields } = submissionFields

const Request = z.strictObject({
  FileId: z.string().optional(),
  MediaStoragePath: z.string().optional(),
  ReviewContents: z.array(z.enum(['Media', 'Cover'])).default([]),
  Definition: z.int().default(10),
  ...fields,
})

/** Moderation without a template. It creates the same task as a template does. */
export async function reviewAudioVideo(context: Context, given: unknown) {
  const request = parse(Request, given)
  const app = request.SubAppId ?? context.defaultSubAppId
  refuseLongSessionId(request)
  return withSession(
    context,
    { action: 'ReviewAudioVideo', SessionId: request.SessionId },
    {
      validate() {
        refuseLongSessionContext(request)
        const { FileId, MediaStoragePath } = request
        const file = context.media
          .all()
          .find(
            (one) =>
              one.SubAppId === app && (FileId ? one.FileId === FileId : one.StoragePath === MediaStoragePath),
          )
        if (!file) throw new ApiError('InvalidParameterValue.FileId', 'The FileId does not exist.')
        return file
      },
      accept(file) {
        const { Definition, ReviewContents } = request
        const body = { ReviewAudioVideoTask: { Definition, ReviewContents } }
        const made = submitProcedure(context, { file, body, options: { ...request, TasksNotifyMode: '' } })
        return { TaskId: made.ReviewAudioVideoTaskId }
      },
    },
  )
}
