import { z } from 'zod'
import { priorityRule } from '../../contract/patterns.js'
import { SubAppId } from './common.js'
import { FileId, storagePath } from './ids.js'
import { wholeOf } from './rules.js'

/** Limits of the API page "ProcessMediaByProcedure", 2026-05-19; the other actions have the same. */
export const maxSessionContext = 1_000
export const maxSessionId = 50

/** What every asynchronous action takes. */
export const submission = {
  SubAppId: SubAppId.optional(),
  SessionContext: z
    .string('must be a string; put objects through JSON.stringify')
    .max(
      maxSessionContext,
      `is longer than ${maxSessionContext} characters; shorten it, e.g. to an id of your own`,
    )
    .optional(),
  SessionId: z.string().max(maxSessionId, `is longer than ${maxSessionId} characters; shorten it`).optional(),
  ExtInfo: z.string('must be a string').optional(),
}

export const TasksPriority = wholeOf(priorityRule).optional()

export const TasksNotifyMode = z.enum(
  ['Finish', 'Change', 'None', ''],
  'must be Finish, Change or None; empty means Finish',
)

/** The media that an action works on. */
export const media = {
  FileId: FileId.optional(),
  MediaStoragePath: storagePath.optional(),
}

/** Exactly one of the ways to name the media. */
export function oneMedia<T extends z.ZodObject<typeof media>>(request: T): T {
  return request.superRefine((given, context) => {
    const { FileId, MediaStoragePath, Url } = given as {
      FileId?: string
      MediaStoragePath?: string
      Url?: string
    }
    const complain = (field: string, message: string) =>
      context.addIssue({ code: 'custom', path: [field], message })
    if (FileId === undefined && MediaStoragePath === undefined && !Url)
      complain('FileId', 'is missing; give FileId or MediaStoragePath')
    if (MediaStoragePath && FileId)
      complain('MediaStoragePath', 'stands beside FileId; give only one of the two')
    if (Url && (FileId || MediaStoragePath)) complain('Url', 'stands beside other media; give only one')
  })
}
