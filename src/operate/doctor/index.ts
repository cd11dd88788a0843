import type { MacKeys } from '../../contract/seal/macKeys.js'
import { checkCallbacks } from './callbacks.js'
import type { DoctorFinding } from './finding.js'
import { checkMacKeys, checkSignKey, checkVariables } from './settings.js'
import { checkTemporal } from './temporal.js'
import { checkVod, type EventSettings } from './vod.js'

export type { DoctorFinding } from './finding.js'

export interface DoctorOptions {
  /** Alias of the account, as the workers have it. */
  readonly account: string
  readonly SubAppId?: number | undefined
  /** A template that must exist. */
  readonly ProcedureName?: string | undefined
  /** The value of `VODFLOW_MAC_KEYS`. */
  readonly macKeys: string | undefined
  readonly signKey?: string | undefined
  readonly endpoint?: string | undefined
}

/** Checks from this machine everything that a run needs. It changes nothing, but hides a pulled event from other consumers for 30 s. */
export async function* examine(options: DoctorOptions): AsyncGenerator<DoctorFinding, void, undefined> {
  yield* checkVariables()
  const keys: MacKeys | undefined = yield* checkMacKeys(options.macKeys)
  const signKey: string | undefined = yield* checkSignKey(options.signKey)
  yield* checkTemporal({ ...options, keys })
  const events: EventSettings | undefined = yield* checkVod(options)
  yield* checkCallbacks(events, { ...options, keys, signKey })
}
