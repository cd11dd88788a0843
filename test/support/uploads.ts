import { ApplicationFailure } from '@temporalio/workflow'
import { processMediaByProcedure, type UploadedMedia } from '../../src/workflows/index.js'

/** What a user does with an upload. */
export async function onUpload({ Name, FileId }: UploadedMedia): Promise<string> {
  return `${Name}: ${FileId}`
}

/** What the upload has started itself. */
export async function tasksOfUpload({ tasks }: UploadedMedia): Promise<string[]> {
  return tasks.map(({ TaskId }) => TaskId)
}

/** Fails as the run of an upload does that VOD does not show yet. */
export async function failsUpload(): Promise<void> {
  throw ApplicationFailure.nonRetryable('not this film', 'NoSuchMedia')
}

/** Pays for a task. */
export async function countedUpload({ FileId }: UploadedMedia): Promise<string> {
  const { status } = await processMediaByProcedure({
    request: { FileId, ProcedureName: 'one' },
    onFailure: 'return',
  })
  return status
}
