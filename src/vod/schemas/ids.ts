import { z } from 'zod'
import { fileIdRule, storagePathRule, taskIdRule, templateNameRule } from '../../contract/patterns.js'
import { parsed } from '../problemOf.js'
import { SubAppId } from './common.js'
import { textOf } from './rules.js'

/** The `FileId` of a request. For an id with a blank at its end, VOD only says that the id does not exist. */
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
 * Checks the ids in a request that has no schema.
 *
 * @throws InvalidInputError that names each malformed id.
 */
export function requireIds(request: unknown): void {
  parsed(Named, request)
}
