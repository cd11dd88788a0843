import type { AppAddress } from '../contract/appAddress.js'
import type { MacKeys } from '../contract/seal/token.js'
import type { VodClient } from '../vod/client.js'

/** What activities need and workflows must never see. */
export interface ActivityContext {
  /** Account alias to signed client. Throws for an alias that this worker does not know. */
  readonly clientFor: (account: string) => VodClient | Promise<VodClient>
  /** Seal the SessionContext token. Never in a history. */
  readonly macKeys: MacKeys
  /** Actions beside the reads that this worker does for whoever asks. */
  readonly allow: readonly string[]
  /** Where files of ids for batches are; without it a batch cannot name one. */
  readonly idsFolder?: string | undefined
  /** Sees to it that finished tasks of this sub-app are swept; never throws. */
  readonly keepSwept: (app: AppAddress) => void
}
