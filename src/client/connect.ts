import type { Client } from '@temporalio/client'
import { connectTemporal, type TemporalOptions } from './connection.js'
import { Vodflow } from './vodflow.js'

/** Where Temporal is, for which account runs are started, and how long to wait for an answer. */
export interface ConnectOptions extends TemporalOptions {
  /** Alias of the Tencent account whose credentials the worker shall use. Default `default`. */
  readonly account?: string
  /**
   * How long Temporal may take to answer a start, a question or a cancel, ms; not how long `result` waits. Default 15,000.
   */
  readonly answerTimeoutMs?: number
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
  const { client, account = 'default', answerTimeoutMs = 15_000, ...temporal } = options
  const connected = client
    ? { client, address: 'the given client', close: async () => undefined }
    : await connectTemporal(temporal)
  return new Vodflow({ ...connected, account, answerTimeoutMs })
}
