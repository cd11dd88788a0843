import type { WorkerPlugin } from '@temporalio/worker'
import type { WebhookEndpoints } from '../activities/index.js'
import type { MacKeys } from '../contract/seal/token.js'
import type { SweepTimes } from '../contract/sweep.js'
import type { ApiCall } from '../vod/client.js'
import type { VodAccounts } from './accounts.js'

/** The name follows Temporal's guide for plugins: organization, then plugin. */
export const pluginName = 'vodflow.VodflowPlugin'

/** Tracing, as `createTracing` of `vodflow/telemetry` returns it. */
export interface VodTracing {
  /** Plugin for the client and for your own worker. */
  readonly plugin: WorkerPlugin
  /** Called after each signed call. */
  readonly onCall: (call: ApiCall) => void
}

/** Options if workers in this process make VOD's calls. */
export interface ServedHere {
  /** Endpoint and credentials for each account alias. A step that names no account uses `default`. */
  readonly accounts: VodAccounts
  /** Keys that sign the token in SessionContext; see `parseMacKeys`. There is no default key. */
  readonly macKeys: MacKeys
  /** Actions that `callVod` may use here in addition to reads, e.g. `['ModifyMediaInfo', 'DeleteMedia']`. Default: none. */
  readonly allow?: readonly string[] | undefined
  /** Folder with files of ids, for batches that name a file. Default: none, so that batches cannot name files. */
  readonly idsFolder?: string | undefined
  /** Times of the sweep for finished tasks. With `false`, runs rely on callbacks and their own reads. Default: see {@link SweepTimes}. */
  readonly sweep?: SweepTimes | false | undefined
  /** Creates spans for each run, activity and signed call. Default: none. */
  readonly tracing?: VodTracing | undefined
}

/** Options if other processes make VOD's calls: `npx vodflow worker`. */
export interface ServedElsewhere {
  /** Aliases of the accounts whose queues must be polled when this worker starts. Otherwise its `run` rejects. It polls while it checks. */
  readonly servedElsewhere: readonly string[]
}

/** Options of the plugin: accounts and keys, or the accounts that other workers serve. */
export type VodflowPluginOptions = (ServedHere | ServedElsewhere) & {
  /** Endpoints for `notify`, by name. URLs and secrets stay in the worker. Default: none. */
  readonly webhooks?: WebhookEndpoints | undefined
}

export function isServedHere(options: VodflowPluginOptions): options is ServedHere & VodflowPluginOptions {
  return 'accounts' in options
}

/** Returns the aliases of the accounts that a worker knows. */
export function accountsOf(options: VodflowPluginOptions): readonly string[] {
  return isServedHere(options) ? Object.keys(options.accounts) : options.servedElsewhere
}
