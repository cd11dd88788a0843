import { loadClientConnectConfig } from '@temporalio/envconfig'
import { secretOf } from '../contract/secret.js'
import { isThisMachine } from '../vod/proxy.js'

type Loaded = ReturnType<typeof loadClientConnectConfig>
type Metadata = NonNullable<Loaded['connectionOptions']['metadata']>

/**
 * Temporal's own environment configuration, with headers that can be sent.
 *
 * @throws InvalidInputError that names a key that cannot be sent, never its value.
 * @throws Error of one line when the configuration cannot be read: a TOML error goes on with the lines around it, and those hold keys.
 */
export function loadTemporalSettings(profile?: string): Loaded {
  const { connectionOptions, ...loaded } = load(profile)
  const { apiKey, metadata } = connectionOptions
  return {
    ...loaded,
    connectionOptions: {
      ...connectionOptions,
      ...(apiKey === undefined ? {} : { apiKey: secretOf(nameOfApiKey(), apiKey) }),
      ...(metadata === undefined ? {} : { metadata: sendable(metadata) }),
    },
  }
}

function load(profile: string | undefined): Loaded {
  try {
    return loadClientConnectConfig(profile === undefined ? {} : { profile })
  } catch (error) {
    const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    throw new Error(problem)
  }
}

function nameOfApiKey(): string {
  return process.env.TEMPORAL_API_KEY ? 'TEMPORAL_API_KEY' : 'api_key in the file of TEMPORAL_CONFIG_FILE'
}

/** Headers for a gateway may hold its token. */
function sendable(metadata: Metadata): Metadata {
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [
      name,
      typeof value === 'string' ? secretOf(variableOf(name), value) : value,
    ]),
  )
}

function variableOf(header: string): string {
  return `TEMPORAL_GRPC_META_${header.toUpperCase().replaceAll('-', '_')}`
}

/** A page of a history may have several large payloads: 5.4 MB were seen, and gRPC takes 4 MiB by default. A worker takes as much. */
const maxMessageBytes = 128 * 1024 * 1024

/** gRPC takes `http_proxy` for every host. A server on this machine is behind no proxy. */
export function channelArgsFor(address: string): Readonly<Record<string, number>> {
  const url = `http://${address}`
  const isHere = URL.canParse(url) && isThisMachine(new URL(url).hostname)
  return {
    'grpc.max_receive_message_length': maxMessageBytes,
    ...(isHere ? { 'grpc.enable_http_proxy': 0 } : {}),
  }
}
