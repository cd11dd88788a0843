import { processMediaByProcedure, requireSuccess, reviewGate } from 'vodflow/workflows'

/** Processes a media file and moderates it. The run fails unless every sub-task succeeds. It survives a crash of any process. */
export async function publish(FileId: string, ProcedureName: string) {
  const { tasks, moderation } = requireSuccess(
    await processMediaByProcedure({ request: { FileId, ProcedureName } }),
  )
  // The gate approves if every verdict is a pass, and rejects if one is a block. Otherwise a person decides.
  const { decision, reason } = await reviewGate({ moderation, subject: { FileId } })
  if (decision === 'rejected') return { decision, reason, outputs: [] }
  // Publish here.
  const parts = tasks.filter(({ TaskType }) => TaskType === 'Procedure').flatMap((task) => task.parts)
  return {
    decision,
    reason,
    outputs: parts.map(({ Type, Definition, urls }) => ({ Type, Definition, urls })),
  }
}
