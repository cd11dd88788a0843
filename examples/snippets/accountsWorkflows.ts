import { processMediaByProcedure } from 'vodflow/workflows'

/** Processes a file of one account and its copy in another, each in a sub-app of its account. */
export function processCopies(intlFileId: string, mainlandFileId: string) {
  const ProcedureName = 'episode'
  return Promise.all([
    processMediaByProcedure({ request: { FileId: intlFileId, SubAppId: 1500000001, ProcedureName } }),
    processMediaByProcedure({
      account: 'mainland',
      request: { FileId: mainlandFileId, SubAppId: 1500000002, ProcedureName },
    }),
  ])
}
