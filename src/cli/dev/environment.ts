import { shellQuoted } from '../../client/shellWord.js'
import { noConfigFile } from '../../temporal/noConfigFile.js'

type Variables = Readonly<Record<string, string>>

/** Variables that would point a program to another Temporal, account or event receiver than those of the stack. */
const foreign = [
  'TEMPORAL_API_KEY',
  'TEMPORAL_CLIENT_AUTHORITY',
  'TEMPORAL_CODEC_AUTH',
  'TEMPORAL_CODEC_ENDPOINT',
  'TEMPORAL_DEPLOYMENT_NAME',
  'TEMPORAL_ENV',
  'TEMPORAL_ENV_FILE',
  'TEMPORAL_PROFILE',
  'TEMPORAL_TLS',
  'TEMPORAL_TLS_CA',
  'TEMPORAL_TLS_CA_DATA',
  'TEMPORAL_TLS_CERT',
  'TEMPORAL_TLS_CERT_DATA',
  'TEMPORAL_TLS_CLIENT_CERT_DATA',
  'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_KEY_DATA',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
  'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION',
  'TEMPORAL_TLS_KEY',
  'TEMPORAL_TLS_KEY_DATA',
  'TEMPORAL_TLS_SERVER_CA_CERT_DATA',
  'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  'TEMPORAL_TLS_SERVER_NAME',
  'TEMPORAL_WORKER_BUILD_ID',
  'TENCENTCLOUD_SESSION_TOKEN',
  'VODFLOW_FORWARD_TO',
  'VODFLOW_PAYLOAD_KEYS',
  'VODFLOW_SIGN_KEY',
] as const

/** Prefix of variables for gRPC headers; any name may follow. */
const foreignPrefix = 'TEMPORAL_GRPC_META_'

/** Returns the settings of the stack's Temporal, for every tool that reads Temporal's settings. */
export function temporalSettings(address: string): Variables {
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'default', TEMPORAL_CONFIG_FILE: noConfigFile }
}

/** Returns the environment of a program that uses the stack: this process's variables, except those that point elsewhere. */
export function environmentWith(settings: Variables, inherited: NodeJS.ProcessEnv = process.env): Variables {
  const kept = Object.entries(inherited).filter(
    (each): each is [string, string] =>
      each[1] !== undefined &&
      !foreign.some((name) => name === each[0]) &&
      !each[0].startsWith(foreignPrefix),
  )
  return { ...Object.fromEntries(kept), ...settings }
}

/** Returns the same settings for a POSIX shell. The keys are local, and useless elsewhere. */
export function exportsOf(settings: Variables): string {
  return [
    `unset ${foreign.join(' ')}`,
    `for name in $(env | sed -n 's/^\\(${foreignPrefix}[A-Za-z0-9_]*\\)=.*/\\1/p'); do unset "$name"; done`,
    ...Object.entries(settings).map(([name, value]) => `export ${name}=${shellQuoted(value)}`),
    '',
  ].join('\n')
}

/** Returns true for a text that `exportsOf` wrote. */
export function isExports(text: string): boolean {
  return text.startsWith('unset TEMPORAL_')
}
