import { type Outcome, processMediaByProcedure } from 'vodflow/workflows'

/** One source through several procedures at once: each step waits for its own events only. */
export async function sideBySide(FileId: string, procedures: readonly string[]): Promise<readonly Outcome[]> {
  return Promise.all(
    procedures.map((ProcedureName) => processMediaByProcedure({ request: { FileId, ProcedureName } })),
  )
}
