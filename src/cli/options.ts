import { isIP } from 'node:net'
import { InvalidArgumentError, Option } from 'commander'

/** Returns the `--metrics` option of every process that has metrics. */
export function metricsOption(): Option {
  return new Option('--metrics <host:port>', 'serve Prometheus metrics on this address, GET /metrics')
    .env('VODFLOW_METRICS')
    .argParser(addressOption)
}

/** Returns the `--health` option of every process that serves probes on an address of its own. */
export function healthOption(): Option {
  return new Option('--health <host:port>', 'serve probes on this address, GET /healthz and GET /readyz')
    .env('VODFLOW_HEALTH')
    .argParser(addressOption)
}

/** Parses an IP address of this machine and a port. */
function addressOption(text: string): { readonly host: string; readonly port: number } {
  const [, given = '127.0.0.1', digits] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? []
  const host = given === 'localhost' ? '127.0.0.1' : given.replace(/^\[(.*)\]$/, '$1')
  const port = Number(digits)
  if (isIP(host) !== 0 && port >= 1 && port <= 65_535) return { host, port }
  throw new InvalidArgumentError(
    'Pass an IP address of this machine and a port, e.g. 127.0.0.1:9464, or 0.0.0.0:9464 to accept connections from outside.',
  )
}

/** Parses `--port`; 0 means any free port. */
export function portOption(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a number from 0 to 65535; 0 means any free port.')
}

/** The address of a server, with the option that sets it. */
type Listening = readonly [option: string, at: { readonly host?: string; readonly port: number } | undefined]

/** @throws Error that names both options if two servers of one process use the same port. */
export function requireOwnPorts(...servers: readonly Listening[]): void {
  for (const [index, [option, at]] of servers.entries()) {
    const other = servers.slice(index + 1).find(([, each]) => at && each && areSame(at, each))
    if (at && other)
      throw new Error(`${option} and ${other[0]} both name port ${at.port}; pass a different port for each`)
  }
}

function areSame(one: NonNullable<Listening[1]>, other: NonNullable<Listening[1]>): boolean {
  const hosts = [one, other].map(({ host = '127.0.0.1' }) => host)
  const isAll = hosts.some((host) => host === '0.0.0.0' || host === '::')
  return one.port !== 0 && one.port === other.port && (isAll || hosts[0] === hosts[1])
}

export function textOption(text: string): string {
  if (text !== '') return text
  throw new InvalidArgumentError('It is empty; pass a value.')
}

/** Parses an option that may be repeated. */
export function textsOption(text: string, before: readonly string[]): string[] {
  return [...before, textOption(text)]
}

/** Parses an http or https URL. */
export function urlOption(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text
  throw new InvalidArgumentError('Pass a URL that starts with http:// or https://.')
}

/** Parses `--allow`: names of actions in Tencent's spelling. */
export function actionsOption(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  const wrong = names.find((name) => !/^[A-Z][A-Za-z0-9]*$/.test(name))
  if (wrong === undefined) return names
  throw new InvalidArgumentError(
    `"${wrong}" is not the name of an action; pass e.g. ModifyMediaInfo,DeleteMedia.`,
  )
}

/** Parses a sub-app of an option that may be repeated. */
export function appOption(
  text: string,
  before: readonly (number | 'default')[] = [],
): (number | 'default')[] {
  const app = text === 'default' ? text : Number(text)
  if (app !== 'default' && !(/^[1-9]\d*$/.test(text) && Number.isSafeInteger(app)))
    throw new InvalidArgumentError('Pass the number of a sub-app, or default.')
  if (before.includes(app)) throw new InvalidArgumentError('It is repeated; pass it once.')
  return [...before, app]
}

/** Parses `--sub-app` of a command that accepts only one. */
export function subAppOption(text: string): number {
  const app = Number(text)
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(app)) return app
  throw new InvalidArgumentError('Pass the number of a sub-app, e.g. 1500000001.')
}

/** Parses a whole number of at least 1. */
export function countOption(text: string): number {
  const count = Number(text)
  if (/^[1-9]\d{0,8}$/.test(text)) return count
  throw new InvalidArgumentError('Pass a whole number, 1 or more.')
}

export function onPartialOption(): Option {
  const option = new Option('--on-partial <what>', 'what to do when some sub-tasks fail (default: fail)')
  return option.choices(['accept', 'fail', 'repair'])
}

/** Parses `--priority`, VOD's TasksPriority. */
export function priorityOption(text: string): number {
  const priority = Number(text)
  if (/^-?\d{1,2}$/.test(text) && Math.abs(priority) <= 10) return priority
  throw new InvalidArgumentError('Pass a whole number from -10 to 10.')
}

/** Parses an option with a JSON object, e.g. `--search`. */
export function jsonOption(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // The error below covers every value that is not an object.
  }
  throw new InvalidArgumentError(`It is not a JSON object; pass e.g. '{"NamePrefixes":["episode"]}'.`)
}

/** Parses `--stop-at-failed`. */
export function percentOption(text: string): number {
  const percent = Number(text)
  if (/^\d{1,3}(\.\d+)?$/.test(text) && percent <= 100) return percent
  throw new InvalidArgumentError('Pass a percentage from 0 to 100.')
}

const statuses = ['partial', 'failed', 'aborted', 'unknown', 'detached', 'refused', 'canceled'] as const
type Status = (typeof statuses)[number]

/** Parses `--statuses`: how items of a batch ended. */
export function statusesOption(text: string): Status[] {
  return text.split(',').map((each) => {
    const name = each.trim()
    const status = statuses.find((known) => known === name)
    if (status !== undefined) return status
    throw new InvalidArgumentError(`"${name}" is not one of ${statuses.join(', ')}.`)
  })
}
