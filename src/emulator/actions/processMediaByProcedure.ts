import { z } from 'zod'
import type { Context } from '../context.js'
import { presetTemplates } from '../presets.js'
import { parse } from '../request.js'
import { withSession } from '../tasks/session.js'
import { refuseLongSessionContext, refuseLongSessionId, submissionFields } from '../tasks/submission.js'
import { submitProcedure } from '../tasks/submit.js'
import { ApiError } from '../wire/apiError.js'

const Request = z.strictObject({
  ProcedureName: z.string(),
  FileId: z.string().optional(),
  MediaStoragePath: z.string().optional(),
  ...submissionFields,
})

export async function processMediaByProcedure(context: Context, given: unknown) {
  const request = parse(Request, given)
  const app = request.SubAppId ?? context.defaultSubAppId
  refuseLongSessionId(request)
  return withSession(
    context,
    { action: 'ProcessMediaByProcedure', SessionId: request.SessionId },
    {
      validate() {
        refuseLongSessionContext(request)
        const { FileId, MediaStoragePath, ProcedureName } = request
        if (!FileId && !MediaStoragePath)
          throw new ApiError('InvalidParameterValue', 'FileId or MediaStoragePath must be provided.')
        const file = context.media
          .all()
          .find(
            (file) =>
              file.SubAppId === app &&
              (FileId ? file.FileId === FileId : file.StoragePath === MediaStoragePath),
          )
        if (!file) throw new ApiError('InvalidParameterValue.FileId', 'The FileId does not exist.')
        const template =
          context.templates.get(`${app}/${ProcedureName}`) ??
          presetTemplates(app).find(({ Name }) => Name === ProcedureName)
        if (!template)
          throw new ApiError('InvalidParameterValue.ProcedureName', 'The task flow template name is invalid.')
        return { file, template }
      },
      accept: ({ file, template }) =>
        submitProcedure(context, { file, body: template.body, options: request }),
    },
  )
}
