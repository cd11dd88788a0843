import { canonicalJson } from './canonicalJson.js'
import type { LibraryInput } from './library.js'

/** No zod here: workflows import this file. */

/** What a batch does with each item: all that decides which tasks are made. */
export interface BatchWork {
  readonly account: string
  readonly ProcedureName: string
  readonly SubAppId?: number | undefined
}

/** What an item of a batch is about. */
export interface ItemWork extends BatchWork {
  readonly FileId: string
}

export function batchWorkOf({
  account = 'default',
  ProcedureName,
  SubAppId,
}: Pick<LibraryInput, 'account' | 'ProcedureName' | 'SubAppId'>): BatchWork {
  return { account, ProcedureName, ...(SubAppId === undefined ? {} : { SubAppId }) }
}

/** Whether what a run says that it does is this. */
export function isWork(given: unknown, work: BatchWork | ItemWork): boolean {
  return canonicalJson(given) === canonicalJson(work)
}
