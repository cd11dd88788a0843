import { type Outcome, processMediaByProcedure, requireSuccess } from 'vodflow/workflows'

/** One source through several procedures in parallel. Each step waits for its own events only; all must succeed. */
export async function sideBySide(FileId: string, procedures: readonly string[]): Promise<readonly Outcome[]> {
  const outcomes = await Promise.all(
    procedures.map((ProcedureName) => processMediaByProcedure({ request: { FileId, ProcedureName } })),
  )
  return outcomes.map(requireSuccess)
}
