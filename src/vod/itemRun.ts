import { canonicalJson } from './canonicalJson.js'
import { runType } from './runNames.js'

type Json = Readonly<Record<string, unknown>>

/** What an item of a batch is about: all that decides which tasks are made. */
export interface ItemWork {
  readonly account: string
  readonly FileId: string
  readonly ProcedureName: string
  readonly SubAppId?: number | undefined
}

/**
 * Whether a run that has the id of an item does the work of the item: the one that the batch has started, or an operator since.
 *
 * @param asked - what its memo says that it was started with.
 */
export function isRunOfItem(workflowType: string, asked: unknown, work: ItemWork): boolean {
  const { request, account = 'default' } = Object(asked) as Json
  const { FileId, ProcedureName, SubAppId } = Object(request) as Json
  return (
    workflowType === runType &&
    canonicalJson({ account, FileId, ProcedureName, SubAppId }) === canonicalJson(work)
  )
}
