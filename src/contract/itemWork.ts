import type { BatchInput } from './batch.js'

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
}: Pick<BatchInput, 'account' | 'ProcedureName' | 'SubAppId'>): BatchWork {
  return { account, ProcedureName, SubAppId }
}

const fields = ['account', 'ProcedureName', 'SubAppId', 'FileId'] as const

/** Whether what a run says that it does is this. Anybody can say it: only these fields are looked at. */
export function isWork(given: unknown, work: BatchWork | ItemWork): boolean {
  const said = Object(given) as Partial<Record<(typeof fields)[number], unknown>>
  const meant: Partial<ItemWork> = work
  return fields.every((field) => said[field] === meant[field])
}
