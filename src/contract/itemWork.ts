import type { BatchInput } from './batch.js'

/** The work of a batch on each item: everything that decides which tasks are made. */
export interface BatchWork {
  readonly account: string
  readonly ProcedureName: string
  readonly SubAppId?: number | undefined
}

/** The work on one item of a batch. */
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

/** Returns true if a run reports this work. Anyone can send such a report, so only these fields are compared. */
export function isWork(given: unknown, work: BatchWork | ItemWork): boolean {
  const said = Object(given) as Partial<Record<(typeof fields)[number], unknown>>
  const meant: Partial<ItemWork> = work
  return fields.every((field) => said[field] === meant[field])
}
