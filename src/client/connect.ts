import type { Client } from '@temporalio/client'
import { type Duration, durationIn } from '../contract/duration.js'
import { valid } from '../contract/valid.js'
import { connectOptions } from './checks.js'
import { connectTemporal, type TemporalOptions } from './connection.js'
import { Vodflow } from './vodflow.js'

/** Options of {@link connect}. */
export interface ConnectOptions extends TemporalOptions {
  /** Alias of the Tencent account whose credentials the worker uses. Default `default`. */
  readonly account?: string | undefined
  /** Timeout of a start, query or cancel. It does not limit how long `result` waits. Default 15 s. */
  readonly answerTimeout?: Duration | undefined
  /** Your own Temporal client, with your interceptors and codecs, in place of every setting of the connection. `close` does not close it. */
  readonly client?: Client | undefined
}

/**
 * Connects to Temporal. This process needs neither Tencent's keys nor a worker.
 *
 * The settings are those of every Temporal tool: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY,
 * TEMPORAL_TLS_*, TEMPORAL_PROFILE, TEMPORAL_CONFIG_FILE. Options override them.
 *
 * @throws InvalidInputError for an unknown or invalid option
 * @throws TemporalUnreachableError after 5 s if Temporal does not answer; immediately if the namespace does not exist or
 *   access is denied
 * @example
 * const vodflow = await connect()
 * const run = await vodflow.process({ FileId: '5285485487985271487', ProcedureName: 'TranscodeAndSnapshot' })
 * const outcome = await run.result()
 * await vodflow.close()
 */
export async function connect(options: ConnectOptions = {}): Promise<Vodflow> {
  const { client, account = 'default', answerTimeout = 15_000, ...temporal } = valid(connectOptions, options)
  const answerTimeoutMs = durationIn('answerTimeout', answerTimeout)
  const connected = client
    ? { client, address: 'the given client', close: async () => undefined }
    : await connectTemporal(temporal)
  return new Vodflow({ ...connected, account, answerTimeoutMs })
}
