import { Client, type ClientPlugin, Connection, type ConnectionOptions } from '@temporalio/client'
import type { DataConverter } from '@temporalio/common'
import { type Duration, durationIn } from '../contract/duration.js'
import { InvalidInputError } from '../contract/errors.js'
import { secretOf } from '../contract/secret.js'
import { encryptionFromEnv } from '../temporal/encryption.js'
import { channelArgsFor, checkAddress, loadTemporalSettings } from '../temporal/settings.js'
import { TemporalUnreachableError } from './errors.js'
import { explain } from './errorsOfTemporal.js'

/** Settings of the connection to Temporal. Those that are not set come from the environment; see {@link connect}. */
export interface TemporalOptions {
  /** `host:port`. Default TEMPORAL_ADDRESS, else `localhost:7233`. */
  readonly address?: string | undefined
  /** Default TEMPORAL_NAMESPACE, else `default`. */
  readonly namespace?: string | undefined
  /** Default TEMPORAL_API_KEY. */
  readonly apiKey?: string | undefined
  /** `true` for TLS without a client certificate. Default TEMPORAL_TLS and TEMPORAL_TLS_*. */
  readonly tls?: ConnectionOptions['tls'] | undefined
  /** Profile of Temporal's configuration file. Default TEMPORAL_PROFILE, else `default`. */
  readonly profile?: string | undefined
  /** Plugins of the Temporal client, e.g. `createTracing(...).plugin` of `vodflow/telemetry`. Default: none. */
  readonly plugins?: ClientPlugin[] | undefined
  /**
   * E.g. `payloadEncryption(keys)`, as on the workers. It needs codecs if VODFLOW_PAYLOAD_KEYS is set. Default: that of VODFLOW_PAYLOAD_KEYS,
   * else plain JSON.
   */
  readonly dataConverter?: DataConverter | undefined
  /** Timeout for the connection. Default 5 s. */
  readonly connectTimeout?: Duration | undefined
}

/** A connected Temporal client, and its address for messages. */
export interface ConnectedClient {
  readonly client: Client
  readonly address: string
  close(): Promise<void>
}

const defaultAddress = 'localhost:7233'

/** Connects, and checks that the namespace exists, so that an error shows here and not at the first start. */
export async function connectTemporal(options: TemporalOptions): Promise<ConnectedClient> {
  const { plugins, dataConverter } = options
  const connectTimeout = durationIn('connectTimeout', options.connectTimeout ?? 5_000)
  const converter = dataConverter ? { dataConverter } : encryptionFromEnv()
  const { namespace, connectionOptions } = settings(options)
  const address = connectionOptions.address ?? defaultAddress
  const connection = open({ ...connectionOptions, address, connectTimeout }, namespace)
  try {
    await connection.ensureConnected()
    await connection.withDeadline(Date.now() + connectTimeout, () =>
      connection.workflowService.describeNamespace({ namespace }),
    )
  } catch (error) {
    await connection.close()
    throw explain(error, { address, namespace })
  }
  const client = new Client({ connection, namespace, ...converter, ...(plugins ? { plugins } : {}) })
  return { client, address, close: () => connection.close() }
}

function open(options: ConnectionOptions, namespace: string): Connection {
  try {
    return Connection.lazy({ ...options, channelArgs: channelArgsFor(options.address ?? defaultAddress) })
  } catch (error) {
    throw unusable(options.address ?? defaultAddress, namespace, error)
  }
}

function settings(options: TemporalOptions): { namespace: string; connectionOptions: ConnectionOptions } {
  const { address, namespace, tls, profile } = options
  if (address !== undefined) checkAddress('address', address)
  const apiKey = options.apiKey === undefined ? undefined : secretOf('apiKey', options.apiKey)
  try {
    const loaded = loadTemporalSettings({ address, apiKey, tls, profile })
    return {
      namespace: namespace ?? loaded.namespace ?? 'default',
      connectionOptions: loaded.connectionOptions as ConnectionOptions,
    }
  } catch (error) {
    if (error instanceof InvalidInputError) throw error
    throw unusable(address ?? defaultAddress, namespace ?? 'default', error)
  }
}

function unusable(address: string, namespace: string, error: unknown): TemporalUnreachableError {
  // Uses only the first line, and no cause, because a TOML error also quotes the lines around it, which can contain keys.
  const [problem] = (error instanceof Error ? error.message : String(error)).split('\n')
  return new TemporalUnreachableError(
    { address, namespace },
    {
      what: `The settings for Temporal cannot be used: ${problem}`,
      remedy:
        'Check the options of connect, the TEMPORAL_ variables and the file that TEMPORAL_CONFIG_FILE names.',
    },
  )
}
