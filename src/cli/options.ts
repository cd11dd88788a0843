import { isIP } from 'node:net'
import { InvalidArgumentError, Option } from 'commander'

/** The same for every process that has metrics. */
export function metricsOption(): Option {
  return new Option('--metrics <host:port>', 'serves metrics for Prometheus there, GET /metrics')
    .env('VODFLOW_METRICS')
    .argParser(addressOption)
}

/** The same for every process whose health is asked for by an address of its own. */
export function healthOption(): Option {
  return new Option('--health <host:port>', 'answers GET /healthz and GET /readyz there')
    .env('VODFLOW_HEALTH')
    .argParser(addressOption)
}

/** An address of this machine, and a port. */
function addressOption(text: string): { readonly host: string; readonly port: number } {
  const [, given = '127.0.0.1', digits] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? []
  const host = given === 'localhost' ? '127.0.0.1' : given.replace(/^\[(.*)\]$/, '$1')
  const port = Number(digits)
  if (isIP(host) !== 0 && port >= 1 && port <= 65_535) return { host, port }
  throw new InvalidArgumentError(
    'Give an IP address of this machine and a port, e.g. 127.0.0.1:9464, or 0.0.0.0:9464 to be reached from outside.',
  )
}

/** `--port`: 0 is any that is free. */
export function portOption(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a number from 0 to 65535; 0 is any that is free.')
}

/** Where a server is to listen, by the option that says so. */
type Listening = readonly [option: string, at: { readonly host?: string; readonly port: number } | undefined]

/** @throws Error that names both options where two servers of one process want the same port. */
export function requireOwnPorts(...servers: readonly Listening[]): void {
  for (const [index, [option, at]] of servers.entries()) {
    const other = servers.slice(index + 1).find(([, each]) => at && each && areSame(at, each))
    if (at && other)
      throw new Error(`${option} and ${other[0]} both name port ${at.port}; give each a port of its own`)
  }
}

function areSame(one: NonNullable<Listening[1]>, other: NonNullable<Listening[1]>): boolean {
  const hosts = [one, other].map(({ host = '127.0.0.1' }) => host)
  const isAll = hosts.some((host) => host === '0.0.0.0' || host === '::')
  return one.port !== 0 && one.port === other.port && (isAll || hosts[0] === hosts[1])
}

export function textOption(text: string): string {
  if (text !== '') return text
  throw new InvalidArgumentError('It is empty; give a value.')
}

/** An option that may be repeated. */
export function textsOption(text: string, before: readonly string[]): string[] {
  return [...before, textOption(text)]
}

/** An address that a browser can open. */
export function urlOption(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text
  throw new InvalidArgumentError('Give a URL that starts with http:// or https://.')
}

/** `--allow`: names of actions, as Tencent spells them. */
export function actionsOption(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  const wrong = names.find((name) => !/^[A-Z][A-Za-z0-9]*$/.test(name))
  if (wrong === undefined) return names
  throw new InvalidArgumentError(
    `"${wrong}" is not the name of an action; give e.g. ModifyMediaInfo,DeleteMedia.`,
  )
}

/** A sub-app; an option with it may be repeated. */
export function appOption(
  text: string,
  before: readonly (number | 'default')[] = [],
): (number | 'default')[] {
  const app = text === 'default' ? text : Number(text)
  if (app !== 'default' && !(/^[1-9]\d*$/.test(text) && Number.isSafeInteger(app)))
    throw new InvalidArgumentError('Give the number of a sub-app, or default.')
  if (before.includes(app)) throw new InvalidArgumentError('It is given twice; once is enough.')
  return [...before, app]
}

/** `--sub-app`, once. */
export function subAppOption(text: string): number {
  const app = Number(text)
  if (/^[1-9]\d*$/.test(text) && Number.isSafeInteger(app)) return app
  throw new InvalidArgumentError('Give the number of a sub-app, e.g. 1500000001.')
}

/** A whole number from 1 on. */
export function countOption(text: string): number {
  const count = Number(text)
  if (/^[1-9]\d{0,8}$/.test(text)) return count
  throw new InvalidArgumentError('Give a whole number, 1 or more.')
}

export function onPartialOption(): Option {
  const option = new Option('--on-partial <what>', 'when some sub-tasks fail (default: fail)')
  return option.choices(['accept', 'fail', 'repair'])
}

/** `--priority`: TasksPriority. */
export function priorityOption(text: string): number {
  const priority = Number(text)
  if (/^-?\d{1,2}$/.test(text) && Math.abs(priority) <= 10) return priority
  throw new InvalidArgumentError('Give a whole number from -10 to 10.')
}

/** `--search` and the like. */
export function jsonOption(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // Said below, for all that is not an object.
  }
  throw new InvalidArgumentError(`It is not a JSON object; give e.g. '{"NamePrefixes":["episode"]}'.`)
}

/** `--stop-at-failed`. */
export function percentOption(text: string): number {
  const percent = Number(text)
  if (/^\d{1,3}(\.\d+)?$/.test(text) && percent <= 100) return percent
  throw new InvalidArgumentError('Give a percentage from 0 to 100.')
}

/** By what is written, with the API's word for it. */
const statuses = {
  partial: 'partial',
  failed: 'failed',
  aborted: 'aborted',
  unknown: 'unknown',
  detached: 'detached',
  refused: 'refused',
  canceled: 'cancelled',
} as const
type Statuses = typeof statuses

/** `--statuses`: ends of items of a batch. */
export function statusesOption(text: string): Statuses[keyof Statuses][] {
  return text.split(',').map((each) => {
    const name = each.trim()
    if (Object.hasOwn(statuses, name)) return statuses[name as keyof Statuses]
    throw new InvalidArgumentError(`"${name}" is not one of ${Object.keys(statuses).join(', ')}.`)
  })
}
