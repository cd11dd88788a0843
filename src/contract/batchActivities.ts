import type { AppAddress } from './appAddress.js'
import type { BatchInput, BatchTemplate, Cursor, ItemEnded } from './batch.js'
import type { BatchWork } from './itemWork.js'

/** The input with its defaults, and the template as it is now. */
export interface OpenedBatch {
  readonly input: BatchInput
  readonly template: BatchTemplate
}

/** Where to go on reading. A list is read by the workflow itself. */
export interface IdsPage extends AppAddress {
  readonly source: { readonly file: string } | { readonly search: Readonly<Record<string, unknown>> }
  readonly cursor: Cursor
}

export interface Ids {
  readonly FileIds: readonly string[]
  /** Items that the page left out, because no FileId looks like theirs. Absent: none. */
  readonly odd?: number
  /** Absent: that was the last. */
  readonly cursor?: Cursor
  readonly total?: number
}

/** The next items of a batch: at most 20, since that is what one DescribeMediaInfos takes. */
export interface StartRuns {
  readonly input: BatchInput
  readonly template: BatchTemplate
  readonly FileIds: readonly string[]
  /** Where the first of them stands in the source, counted from 0. */
  readonly position: number
  /** When the batch began, ms since the epoch. */
  readonly since: number
}

/** What became of each of them; of none when the batch is being canceled. */
export interface StartResults {
  readonly started: readonly string[]
  /** Started by an earlier attempt, and over already. */
  readonly ended: readonly ItemEnded[]
  readonly skipped: readonly string[]
  readonly missing: readonly string[]
  /** Started from an earlier position: the source names them twice. */
  readonly repeated: readonly string[]
}

/** Items of this batch that have not said that they ended. */
export interface CheckRuns {
  readonly FileIds: readonly string[]
  readonly work: BatchWork
}
