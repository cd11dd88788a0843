import { z } from 'zod'
import type { Context } from '../context.js'
import { presetTemplates } from '../presets.js'
import { parse, SubAppId } from '../request.js'
import { withSession } from '../tasks/session.js'
import { submitProcedure } from '../tasks/submit.js'
import { ApiError } from '../wire/apiError.js'

const Request = z.strictObject({
  ProcedureName: z.string(),
  FileId: z.string().optional(),
  MediaStoragePath: z.string().optional(),
  SubAppId,
  TasksPriority: z.int().min(-10).max(10).default(0),
  TasksNotifyMode: z.enum(['Finish', 'Change', 'None', '']).default(''),
  SessionContext: z.string().default(''),
  SessionId: z.string().default(''),
  ExtInfo: z.string().optional(),
})

export async function processMediaByProcedure(context: Context, given: unknown) {
  const request = parse(Request, given)
  const app = request.SubAppId ?? context.defaultSubAppId
  if (request.SessionId.length > 50)
    throw new ApiError('InvalidParameterValue.SessionIdTooLong', 'SessionId is too long.')
  return withSession(
    context,
    { action: 'ProcessMediaByProcedure', SessionId: request.SessionId },
    {
      validate() {
        if (request.SessionContext.length > 1000)
          throw new ApiError('InvalidParameterValue.SessionContextTooLong', 'SessionContext is too long.')
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
