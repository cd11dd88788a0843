import { notify, processMediaByProcedure, reviewGate } from 'vodflow/workflows'

export async function publish(FileId: string) {
  const { moderation } = await processMediaByProcedure({ request: { FileId, ProcedureName: 'episode' } })
  await notify({ type: 'episode.processed', data: { FileId } }) // to the endpoint `default`
  return reviewGate({ moderation, subject: { FileId } })
}
