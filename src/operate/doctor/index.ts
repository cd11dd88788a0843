import type { MacKeys } from '../../contract/seal/macKeys.js'
import { checkCallbacks } from './callbacks.js'
import type { Finding } from './finding.js'
import { checkMacKeys, checkSignKey } from './settings.js'
import { checkTemporal } from './temporal.js'
import { checkVod, type EventSettings } from './vod.js'

export type { Finding } from './finding.js'

export interface DoctorOptions {
  /** Alias of the account, as the workers know it. */
  readonly account: string
  readonly SubAppId?: number | undefined
  /** Template that must be there. */
  readonly ProcedureName?: string | undefined
  /** `VODFLOW_MAC_KEYS` as it is set. */
  readonly macKeys: string | undefined
  readonly signKey?: string | undefined
  readonly endpoint?: string | undefined
}

/** Looks at everything that a run needs, from here. Changes nothing; a pulled event is hidden from others for 30 s. */
export async function* examine(options: DoctorOptions): AsyncGenerator<Finding, void, undefined> {
  const keys: MacKeys | undefined = yield* checkMacKeys(options.macKeys)
  const signKey: string | undefined = yield* checkSignKey(options.signKey)
  yield* checkTemporal(options)
  const events: EventSettings | undefined = yield* checkVod(options)
  yield* checkCallbacks(events, { ...options, keys, signKey })
}
