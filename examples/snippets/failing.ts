import { ApplicationFailure, CancellationScope } from '@temporalio/workflow'
import { processMediaByProcedure, pullUpload } from 'vodflow/workflows'

const versionsOf = (FileId: string, procedures: readonly string[]) =>
  procedures.map((ProcedureName) => processMediaByProcedure({ request: { FileId, ProcedureName } }))

/** Waits for every version, then fails if one of them failed. */
export async function everyVersion(FileId: string, procedures: readonly string[]) {
  const ended = await Promise.allSettled(versionsOf(FileId, procedures))
  for (const version of ended) if (version.status === 'rejected') throw version.reason
}

/** Aborts the versions that VOD has not started when one of them fails. */
export async function allOrNothing(FileId: string, procedures: readonly string[]) {
  const scope = new CancellationScope()
  try {
    return await scope.run(() => Promise.all(versionsOf(FileId, procedures)))
  } catch (error) {
    scope.cancel()
    throw error
  }
}

/** Decides by the status. */
export async function fetchFrom(mirrors: readonly string[]) {
  for (const MediaUrl of mirrors) {
    const { status, FileId } = await pullUpload({ request: { MediaUrl }, onFailure: 'return' })
    if (status === 'succeeded') return FileId
    if (status !== 'failed') break
  }
  throw ApplicationFailure.nonRetryable('no mirror has the file', 'NoMirror')
}
