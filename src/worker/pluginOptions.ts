import type { WorkerPlugin } from '@temporalio/worker'
import type { WebhookEndpoints } from '../activities/index.js'
import { InvalidInputError } from '../contract/errors.js'
import type { MacKeys } from '../contract/seal/token.js'
import type { SweepTimes } from '../contract/sweep.js'
import type { ApiCall } from '../vod/client.js'
import type { Accounts } from './accounts.js'

/** As Temporal's guide for plugins asks: organisation, then plugin. */
export const pluginName = 'vodflow.VodflowPlugin'

/** What `createTracing` of `vodflow/telemetry` makes. */
export interface Tracing {
  readonly plugin: WorkerPlugin
  /** Called once for each signed call, when it has ended. */
  readonly onCall: (call: ApiCall) => void
}

/** VOD's calls are done by workers beside this one, in the same process. */
export interface ServedHere {
  /** Account alias to endpoint and credentials. A step that names no account uses `default`. */
  readonly accounts: Accounts
  /** Seal the token in SessionContext; see `parseMacKeys`. There is no default key. */
  readonly macKeys: MacKeys
  /** Actions beside the reads that `callVod` may do here, e.g. `['ModifyMediaInfo', 'DeleteMedia']`. Default: none. */
  readonly allow?: readonly string[]
  /** Folder of files of ids, for batches that name one. Default: none, so none can be named. */
  readonly idsFolder?: string | undefined
  /** When finished tasks are swept; `off`: runs then rely on callbacks and their own looks. Default: see {@link SweepTimes}. */
  readonly sweep?: Partial<SweepTimes> | 'off'
  /** Spans for each run, activity and signed call. Default: none. */
  readonly tracing?: Tracing
}

/** VOD's calls are done by other processes: `npx vodflow worker`. */
export interface ServedElsewhere {
  /** Aliases of the accounts whose queues must be polled when this worker starts; else its `run` rejects. It polls while it checks. */
  readonly servedElsewhere: readonly string[]
}

/** What the plugin brings to a worker: accounts and keys, or the word that other workers serve them. */
export type VodflowPluginOptions = (ServedHere | ServedElsewhere) & {
  /** Where `notify` may send, by name: URL and secret stay in the worker. Default: nowhere. */
  readonly webhooks?: WebhookEndpoints
}

export function isServedHere(options: VodflowPluginOptions): options is ServedHere & VodflowPluginOptions {
  return 'accounts' in options
}

/** @throws InvalidInputError without an account or a MAC key. */
export function checkPluginOptions(options: VodflowPluginOptions): void {
  if (!isServedHere(options)) {
    if (Array.isArray(options.servedElsewhere)) return
    const remedy = 'give accounts and macKeys, or servedElsewhere with the aliases that other workers serve'
    throw new InvalidInputError([{ field: 'accounts', problem: 'missing', remedy }])
  }
  if (!options.macKeys?.sign) {
    const remedy =
      'set VODFLOW_MAC_KEYS to "k1:<at least 32 random characters>" for the worker and the callback service'
    throw new InvalidInputError([
      { field: 'macKeys', problem: 'missing; anybody could address your runs without one', remedy },
    ])
  }
  if (Object.keys(options.accounts).length === 0) {
    throw new InvalidInputError([
      { field: 'accounts', problem: 'empty', remedy: 'give at least { default: { ... } }' },
    ])
  }
}
