import { type Outcome, processMediaByProcedure } from 'vodflow/workflows'

/** Runs several procedures on one source in parallel. Each step waits only for its own events. All must succeed. */
export async function sideBySide(FileId: string, procedures: readonly string[]): Promise<readonly Outcome[]> {
  return Promise.all(
    procedures.map((ProcedureName) => processMediaByProcedure({ request: { FileId, ProcedureName } })),
  )
}
