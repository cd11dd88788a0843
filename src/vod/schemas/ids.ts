import { z } from 'zod'
import { fileIdRule, storagePathRule, taskIdRule, templateNameRule } from '../../contract/patterns.js'
import { parsed } from '../problemOf.js'
import { SubAppId } from './common.js'
import { textOf } from './rules.js'

/** Sent: with a blank beside an id, VOD says only that nothing has it. */
export const FileId = textOf(fileIdRule)

export const TaskId = textOf(taskIdRule)

export const templateName = textOf(templateNameRule)

export const storagePath = textOf(storagePathRule)

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
  parsed(Named, request)
}
