import { z } from 'zod'
import type { Problem } from '../../contract/errors.js'
import { priorityRule } from '../../contract/patterns.js'
import { SubAppId } from './common.js'
import { FileId, storagePath } from './ids.js'
import { wholeOf } from './rules.js'

/** The limits on the API page "ProcessMediaByProcedure", 2026-05-19. The other actions have the same. */
export const maxSessionContext = 1_000
export const maxSessionId = 50

/** The members of every asynchronous request. */
export const submission = {
  SubAppId: SubAppId.optional(),
  SessionContext: z.string().max(maxSessionContext).optional(),
  SessionId: z.string().max(maxSessionId).optional(),
  ExtInfo: z.string().optional(),
}

export const TasksPriority = wholeOf(priorityRule).optional()

/** Empty means `Finish`. */
export const TasksNotifyMode = z.enum(['Finish', 'Change', 'None', ''])

/** The media that an action works on. */
export const media = {
  FileId: FileId.optional(),
  MediaStoragePath: storagePath.optional(),
}

/** Requires exactly one of the ways to name the media. */
export function oneMedia<T extends z.ZodObject<typeof media>>(request: T): T {
  return request.superRefine((given, context) => {
    const { FileId, MediaStoragePath, Url } = given as {
      FileId?: string
      MediaStoragePath?: string
      Url?: string
    }
    const complain = (field: string, params: Problem) =>
      context.addIssue({ code: 'custom', path: [field], params: { ...params } })
    if (FileId === undefined && MediaStoragePath === undefined && !Url)
      complain('FileId', { problem: 'is missing', remedy: 'pass FileId or MediaStoragePath' })
    if (MediaStoragePath && FileId)
      complain('MediaStoragePath', { problem: 'is set in addition to FileId', remedy: 'pass one of the two' })
    if (Url && (FileId || MediaStoragePath))
      complain('Url', { problem: 'is set in addition to other media', remedy: 'pass one of them' })
  })
}
