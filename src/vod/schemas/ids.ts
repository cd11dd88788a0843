import { z } from 'zod'
import { InvalidInputError } from '../errors.js'
import { fileIdPattern, taskIdPattern } from '../patterns.js'
import { problemOf } from '../problemOf.js'
import { SubAppId } from './common.js'

/** Sent: with a blank beside an id, VOD says only that nothing has it. */
export const FileId = z
  .string('must be a string; as a number it loses digits')
  .regex(fileIdPattern, 'is not an id; give 1 to 64 characters without spaces')

export const TaskId = z
  .string('must be a string')
  .regex(taskIdPattern, 'is not the id of a task; give 1 to 200 characters without spaces')

/** A name that a person has given, or a path: no blanks around it, no control characters. */
export function name(what: string) {
  return z
    .string(`must be ${what}`)
    .min(1, `is empty; give ${what}`)
    .refine(isClean, `has blanks around it or characters that cannot be printed; give ${what}`)
}

function isClean(text: string): boolean {
  return text.trim() === text && !/[\p{Cc}\p{Cs}]/u.test(text)
}

export const templateName = name('the name of a task flow template')
export const storagePath = name('the storage path of the media, e.g. /dir/video.mp4')

const Named = z.looseObject({
  FileId: FileId.nullish(),
  FileIds: z.array(FileId).nullish(),
  TaskId: TaskId.nullish(),
  SubAppId: SubAppId.nullish(),
  ProcedureName: templateName.nullish(),
  MediaStoragePath: storagePath.nullish(),
})

/**
 * For a request of which nothing else is known.
 *
 * @throws InvalidInputError that names each id that can be none.
 */
export function requireIds(request: unknown): void {
  const { error } = Named.safeParse(request)
  if (error) throw new InvalidInputError(error.issues.map(problemOf))
}
