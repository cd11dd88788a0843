import { notify, processMediaByProcedure, reviewGate } from 'vodflow/workflows'

/** `examples/snippets/patched.ts` without its patch. */
export async function publish(FileId: string) {
  const { moderation } = await processMediaByProcedure({ request: { FileId, ProcedureName: 'episode' } })
  await notify({ type: 'episode.processed', data: { FileId } })
  return reviewGate({ moderation, subject: { FileId } })
}
