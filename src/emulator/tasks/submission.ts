import { z } from 'zod'
import { SubAppId } from '../request.js'
import { ApiError } from '../wire/apiError.js'

/** The fields of every request for a task flow. */
export const submissionFields = {
  SubAppId,
  TasksPriority: z.int().min(-10).max(10).default(0),
  TasksNotifyMode: z.enum(['Finish', 'Change', 'None', '']).default(''),
  SessionContext: z.string().default(''),
  SessionId: z.string().default(''),
  ExtInfo: z.string().optional(),
}

/** This check comes before all others. */
export function refuseLongSessionId({ SessionId }: { readonly SessionId: string }): void {
  if (SessionId.length > 50)
    throw new ApiError('InvalidParameterValue.SessionIdTooLong', 'SessionId is too long.')
}

export function refuseLongSessionContext({ SessionContext }: { readonly SessionContext: string }): void {
  if (SessionContext.length > 1000)
    throw new ApiError('InvalidParameterValue.SessionContextTooLong', 'SessionContext is too long.')
}
