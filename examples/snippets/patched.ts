import { patched } from '@temporalio/workflow'
import { notify, processMediaByProcedure, reviewGate } from 'vodflow/workflows'

export async function publish(FileId: string) {
  const { moderation } = await processMediaByProcedure({ request: { FileId, ProcedureName: 'episode' } })
  // New in this version. A run that passed this line on the old version skips it.
  if (patched('notify-before-review')) await notify({ type: 'episode.processed', data: { FileId } })
  return reviewGate({ moderation, subject: { FileId } })
}
