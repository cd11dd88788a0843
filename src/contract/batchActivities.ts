import type { AppAddress } from './appAddress.js'
import type { BatchInput, BatchTemplate, Cursor, ItemEnded } from './batch.js'
import type { BatchWork } from './itemWork.js'

/** The current template. */
export interface OpenedBatch {
  readonly template: BatchTemplate
}

/** The next page to read. The workflow itself reads a list. */
export interface IdsPage extends AppAddress {
  readonly source: { readonly file: string } | { readonly search: Readonly<Record<string, unknown>> }
  readonly cursor: Cursor
}

export interface Ids {
  readonly FileIds: readonly string[]
  /** The number of items with malformed FileIds, which are omitted. Absent if there are none. */
  readonly odd?: number
  /** Absent if this was the last page. */
  readonly cursor?: Cursor
  readonly total?: number
}

/** The next items of a batch. There are at most 20, the limit of one DescribeMediaInfos. */
export interface StartRuns {
  readonly input: BatchInput
  readonly template: BatchTemplate
  readonly FileIds: readonly string[]
  /** The position of the first item in the source, counted from 0. */
  readonly position: number
  /** The start of the batch, in ms since the epoch. */
  readonly since: number
}

/** The result for each item. It is empty if the batch is being canceled. */
export interface StartResults {
  readonly started: readonly string[]
  /** Items that an earlier attempt started and that have already ended. */
  readonly ended: readonly ItemEnded[]
  readonly skipped: readonly string[]
  readonly missing: readonly string[]
  /** Items that were started from an earlier position, because the source contains them twice. */
  readonly repeated: readonly string[]
}

/** Items of this batch that have not reported their end. */
export interface CheckRuns {
  readonly FileIds: readonly string[]
  readonly work: BatchWork
}
