import type { AppAddress } from '../contract/appAddress.js'
import type { MacKeys } from '../contract/seal/token.js'
import type { VodClient } from '../vod/client.js'

/** The dependencies of activities. Workflows must never see them. */
export interface ActivityContext {
  /** Returns the signed client of an account alias. Throws for an alias that this worker does not know. */
  readonly clientFor: (account: string) => VodClient | Promise<VodClient>
  /** The keys that seal the token in the SessionContext. They never enter a history. */
  readonly macKeys: MacKeys
  /** The actions, in addition to reads, that this worker calls for any workflow. */
  readonly allow: readonly string[]
  /** The folder with the files of ids for batches. Without it, a batch cannot use a file. */
  readonly idsFolder?: string | undefined
  /** Ensures that a sweep of this sub-app is running. Never throws. */
  readonly keepSwept: (app: AppAddress) => void
}
