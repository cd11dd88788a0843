import type { Client } from '@temporalio/client'
import { connectTemporal, type TemporalOptions } from './connection.js'
import { Vodflow } from './vodflow.js'

export interface ConnectOptions extends TemporalOptions {
  /** Alias of the Tencent account whose credentials the worker shall use. Default `default`. */
  readonly account?: string
  /** A Temporal client of your own, with your interceptors and codecs. It stays yours to close. */
  readonly client?: Client
}

/**
 * Connects to Temporal, where the runs live. Neither Tencent's keys nor a worker are needed in this process.
 *
 * The settings are those of every Temporal tool: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY,
 * TEMPORAL_TLS_*, TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE; options go before them.
 *
 * @throws TemporalUnreachableError after 5 s when nobody answers, at once when the namespace is missing or access
 *   is refused
 * @example
 * const vodflow = await connect()
 * const run = await vodflow.process({ FileId: '5285485487985271487', ProcedureName: 'TranscodeAndSnapshot' })
 * const outcome = await run.result()
 * await vodflow.close()
 */
export async function connect(options: ConnectOptions = {}): Promise<Vodflow> {
  const { client, account = 'default', ...temporal } = options
  if (!client) return new Vodflow({ ...(await connectTemporal(temporal)), account })
  return new Vodflow({ client, address: 'the given client', account, close: async () => undefined })
}
