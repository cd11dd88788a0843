import { type Outcome, processMediaByProcedure, requireSuccess } from 'vodflow/workflows'

/** Runs several procedures on one source in parallel. Each step waits only for its own events. All must succeed. */
export async function sideBySide(FileId: string, procedures: readonly string[]): Promise<readonly Outcome[]> {
  const outcomes = await Promise.all(
    procedures.map((ProcedureName) => processMediaByProcedure({ request: { FileId, ProcedureName } })),
  )
  return outcomes.map(requireSuccess)
}
