import { type Outcome, processMediaByProcedure } from 'vodflow/workflows'

/** One source through several procedures in parallel. Each step waits for its own events only; all must succeed. */
export async function sideBySide(FileId: string, procedures: readonly string[]): Promise<readonly Outcome[]> {
  return Promise.all(
    procedures.map((ProcedureName) => processMediaByProcedure({ request: { FileId, ProcedureName } })),
  )
}
