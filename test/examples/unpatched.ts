import { processMediaByProcedure, reviewGate } from 'vodflow/workflows'

/** The version before `examples/snippets/patched.ts`. */
export async function publish(FileId: string) {
  const { moderation } = await processMediaByProcedure({ request: { FileId, ProcedureName: 'episode' } })
  return reviewGate({ moderation, subject: { FileId } })
}
