import { existsSync } from 'node:fs'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { tomlLoadClientConfig } from '@temporalio/envconfig/lib/envconfig-toml.js'
import {
  type AnyCheck,
  exactly,
  flag,
  isObject,
  optional,
  otherThan,
  shown,
  under,
} from '../contract/check.js'
import { InvalidInputError } from '../contract/errors.js'
import { secretOf } from '../contract/secret.js'
import { isThisMachine } from '../vod/proxy.js'
import { noConfigFile } from './noConfigFile.js'

type LoadedConfig = ReturnType<typeof loadClientConnectConfig>
type Metadata = NonNullable<LoadedConfig['connectionOptions']['metadata']>

/** Settings that take precedence over Temporal's configuration. Undefined ones count as not given. */
interface GivenSettings {
  readonly address?: string | undefined
  readonly apiKey?: string | undefined
  readonly tls?: LoadedConfig['connectionOptions']['tls'] | undefined
  readonly profile?: string | undefined
}

/**
 * Loads Temporal's environment configuration, and checks that its keys and headers can be sent, and that no API key is sent in clear text.
 *
 * @throws InvalidInputError that names a setting that cannot be used, but never its value
 * @throws Error with one line if the configuration cannot be read, because a TOML error also quotes the lines around it, which can
 *   contain keys
 */
export function loadTemporalSettings({ profile, ...given }: GivenSettings = {}): LoadedConfig {
  const { connectionOptions, ...loaded } = load(profile)
  const { address, apiKey, metadata } = connectionOptions
  const keyName = nameOf('TEMPORAL_API_KEY', 'api_key')
  if (address !== undefined) checkAddress(nameOf('TEMPORAL_ADDRESS', 'address'), address)
  const options = {
    ...connectionOptions,
    ...(apiKey === undefined ? {} : { apiKey: secretOf(keyName, apiKey) }),
    ...(metadata === undefined ? {} : { metadata: sendable(metadata) }),
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  }
  requireTls(given.apiKey === undefined ? keyName : 'apiKey', options)
  return { ...loaded, connectionOptions: options }
}

/** The SDK uses TLS for an API key unless a setting turns it off. */
function requireTls(field: string, { address = '', apiKey, tls }: LoadedConfig['connectionOptions']): void {
  if (!apiKey || tls || tls === undefined || address === '' || isHere(address)) return
  const problem = 'is sent without TLS to another machine, so everyone in between could read it'
  const remedy = 'set TEMPORAL_TLS to true, or do not set it, because an API key turns TLS on'
  throw new InvalidInputError([{ field, problem, remedy }])
}

function load(profile: string | undefined): LoadedConfig {
  try {
    const overrideEnvVars = setVariables()
    checkFile(overrideEnvVars)
    return loadClientConnectConfig({ ...(profile === undefined ? {} : { profile }), overrideEnvVars })
  } catch (error) {
    if (error instanceof InvalidInputError) throw error
    const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    const variable = variableIn(problem)
    throw new Error(variable === undefined ? problem : `${variable}: ${problem}`)
  }
}

/** Returns the variable that a problem is about: the one whose path it quotes, otherwise that of the file with all settings. */
function variableIn(problem: string): string | undefined {
  const { env } = process
  const quoted = pathVariables.find((name) => env[name] && problem.includes(`'${env[name]}'`))
  return quoted ?? (env.TEMPORAL_CONFIG_FILE ? `TEMPORAL_CONFIG_FILE ${env.TEMPORAL_CONFIG_FILE}` : undefined)
}

/**
 * Checks the keys of the file and the types of their values. Temporal's library ignores a misspelled key, and a file that does not exist, and
 * then connects to localhost. Its strict check does not know all keys that Temporal documents, and checks no types.
 *
 * @throws InvalidInputError that names each key, but never its value
 */
function checkFile(overrideEnvVars: Record<string, string>): void {
  const { TEMPORAL_CONFIG_FILE: path } = overrideEnvVars
  if (path !== undefined && path !== noConfigFile && !existsSync(path)) {
    const remedy = 'set TEMPORAL_CONFIG_FILE to the path of a TOML file, or do not set it'
    throw new InvalidInputError([
      { field: `TEMPORAL_CONFIG_FILE ${path}`, problem: 'does not exist', remedy },
    ])
  }
  const name = path === undefined ? "Temporal's configuration file" : `TEMPORAL_CONFIG_FILE ${path}`
  const problems = [...configuration(tomlLoadClientConfig({ overrideEnvVars }))]
  if (problems.length === 0) return
  throw new InvalidInputError(problems.map((each) => ({ ...each, field: `${name}: ${each.field}` })))
}

const textInFile: AnyCheck = function* (value) {
  if (typeof value !== 'string')
    yield { field: '', problem: otherThan('a string', value), remedy: 'write a text in quotes' }
}

const switchInFile: AnyCheck = function* (value) {
  for (const problem of flag(value)) yield { ...problem, remedy: 'write true or false, without quotes' }
}

/** Checks a table with these keys, each of which may be left out. */
function table(keys: Readonly<Record<string, AnyCheck>>): AnyCheck {
  const checks = Object.entries(keys).map(([name, check]) => [name, optional(check)] as const)
  return exactly<Record<string, unknown>>(Object.fromEntries(checks), 'write a table')
}

/** Checks a table whose keys the user chooses. */
function tableOf(check: AnyCheck): AnyCheck {
  return function* (value) {
    if (!isObject(value)) yield* table({})(value)
    else for (const [name, member] of Object.entries(value)) yield* under(shown(name), check(member))
  }
}

/** The keys that Temporal documents in its reference of the environment configuration. */
const configuration = table({
  profile: tableOf(
    table({
      address: textInFile,
      namespace: textInFile,
      api_key: textInFile,
      tls: table({
        disabled: switchInFile,
        client_cert_path: textInFile,
        client_cert_data: textInFile,
        client_key_path: textInFile,
        client_key_data: textInFile,
        server_ca_cert_path: textInFile,
        server_ca_cert_data: textInFile,
        server_name: textInFile,
        disable_host_verification: switchInFile,
      }),
      codec: table({ endpoint: textInFile, auth: textInFile }),
      grpc_meta: tableOf(textInFile),
    }),
  ),
})

const pathVariables = [
  'TEMPORAL_TLS_CLIENT_CERT_PATH',
  'TEMPORAL_TLS_CLIENT_KEY_PATH',
  'TEMPORAL_TLS_SERVER_CA_CERT_PATH',
] as const

/**
 * Returns the environment without the empty variables of Temporal, which do not count as set.
 *
 * @throws InvalidInputError that names a switch that is neither true nor false. Temporal's library would read it as false.
 */
function setVariables(): Record<string, string> {
  const isSet = ([name, value]: [string, string | undefined]) => !name.startsWith('TEMPORAL_') || value !== ''
  const variables = Object.fromEntries(Object.entries(process.env).filter(isSet)) as Record<string, string>
  const switches = switchVariables.filter((name) => variables[name] !== undefined)
  return {
    ...variables,
    ...Object.fromEntries(switches.map((name) => [name, switchOf(name, variables[name])])),
  }
}

const switchVariables = ['TEMPORAL_TLS', 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'] as const

function switchOf(field: string, given = ''): string {
  if (/^(true|1)$/i.test(given)) return 'true'
  if (/^(false|0)$/i.test(given)) return 'false'
  const remedy = 'set it to true or false, without blanks or quotes'
  throw new InvalidInputError([{ field, problem: 'is neither true nor false', remedy }])
}

/** Returns the name of a setting where it stands: its variable, or its key in the file. */
function nameOf(variable: string, key: string): string {
  return process.env[variable] ? variable : `${key} in the file of TEMPORAL_CONFIG_FILE`
}

/**
 * Messages show the address, so it must not contain a password.
 *
 * @throws InvalidInputError that names the setting, but never its value
 */
export function checkAddress(field: string, address: string): void {
  if (!address.includes('@')) return
  const problem = 'contains a user or password, which Temporal does not take there'
  const remedy = 'give host:port alone, and an API key in TEMPORAL_API_KEY'
  throw new InvalidInputError([{ field, problem, remedy }])
}

/** Checks the headers like secrets, because a header for a gateway may contain its token. */
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

/** Same limit as a worker's. A page of a history can have several large payloads (5.4 MB seen), and gRPC's default is 4 MiB. */
const maxMessageBytes = 128 * 1024 * 1024

/** Returns the channel arguments for an address. gRPC uses `http_proxy` for every host, but a server on this machine needs no proxy. */
export function channelArgsFor(address: string): Readonly<Record<string, number>> {
  return {
    'grpc.max_receive_message_length': maxMessageBytes,
    ...(isHere(address) ? { 'grpc.enable_http_proxy': 0 } : {}),
  }
}

function isHere(address: string): boolean {
  const url = `http://${address}`
  return URL.canParse(url) && isThisMachine(new URL(url).hostname)
}
