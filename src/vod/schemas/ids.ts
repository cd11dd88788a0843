import { z } from 'zod'
import { InvalidInputError } from '../../contract/errors.js'
import { fileIdRule, taskIdRule, templateNameRule } from '../../contract/patterns.js'
import { problemOf } from '../problemOf.js'
import { SubAppId } from './common.js'
import { textOf } from './rules.js'

/** Sent: with a blank beside an id, VOD says only that nothing has it. */
export const FileId = z
  .string('must be a string; as a number it loses digits')
  .regex(fileIdRule.pattern, fileIdRule.words)

export const TaskId = textOf(taskIdRule)

export const templateName = textOf(templateNameRule)

/** A path: no blanks around it, no control characters. */
export const storagePath = z
  .string('must be the storage path of the media, e.g. /dir/video.mp4')
  .regex(
    /^(?!\s)[^\p{Cc}\p{Cs}]+(?<!\s)$/u,
    'is empty, or has blanks around it or characters that cannot be printed; give the storage path of the media, e.g. /dir/video.mp4',
  )

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
