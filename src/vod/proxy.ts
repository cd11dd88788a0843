import { BlockList, isIP } from 'node:net'
import { InvalidInputError } from '../contract/errors.js'
import { secretOf } from '../contract/secret.js'

/** What a call goes through on its way. */
export interface ProxyServer {
  readonly protocol: 'http:' | 'https:'
  readonly host: string
  readonly port: number
  /** For `Proxy-Authorization`; in no message. */
  readonly authorization?: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy for a URL, as curl reads the environment: `https_proxy` or `http_proxy` by the URL's scheme, else `all_proxy`, and none for what
 * `no_proxy` lists. The lower-case name of a variable goes before the upper-case one. An empty variable is not set. Hosts of this machine are
 * never behind a proxy.
 *
 * @throws InvalidInputError that names the variable, never its value: it may have a password in it.
 */
export function proxyFor(
  { protocol, hostname, port }: URL,
  env: Environment = process.env,
): ProxyServer | undefined {
  const host = bare(hostname)
  if (isThisMachine(hostname)) return undefined
  const [name, value] = set(env, `${protocol.slice(0, -1)}_proxy`) ?? set(env, 'all_proxy') ?? []
  if (name === undefined || value === undefined) return undefined
  const [, without = ''] = set(env, 'no_proxy') ?? []
  const target = { host, port: Number(port || (protocol === 'https:' ? 443 : 80)) }
  return isExcepted(target, without) ? undefined : parseProxy(name, value)
}

function set(env: Environment, name: string): readonly [name: string, value: string] | undefined {
  for (const each of [name, name.toUpperCase()]) {
    const value = env[each]?.trim()
    if (value) return [each, value]
  }
  return undefined
}

function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase()
}

/** A host of a URL that no proxy can reach. */
export function isThisMachine(hostname: string): boolean {
  const host = bare(hostname)
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1') return true
  return isIP(host) === 4 && host.startsWith('127.')
}

interface ProxyTarget {
  readonly host: string
  readonly port: number
}

function isExcepted(target: ProxyTarget, list: string): boolean {
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || matches(target, entry.toLowerCase()))
}

/** A host and what is below it, an address, or a block of addresses; each may name a port. */
function matches({ host, port }: ProxyTarget, entry: string): boolean {
  const [, name = entry, digits] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? []
  if (digits !== undefined && Number(digits) !== port) return false
  const [address = '', bits] = name.split('/')
  const excepted = bare(address)
  if (isIP(excepted) !== 0) return isIP(host) !== 0 && blockOf(excepted, bits).check(host, familyOf(host))
  const domain = excepted.replace(/^\*?\./, '').replace(/\.$/, '')
  const asked = host.replace(/\.$/, '')
  return domain !== '' && (asked === domain || asked.endsWith(`.${domain}`))
}

function blockOf(address: string, bits: string | undefined): BlockList {
  const block = new BlockList()
  const most = isIP(address) === 6 ? 128 : 32
  const prefix = bits === undefined ? most : Number(bits)
  if (Number.isInteger(prefix) && prefix >= 0 && prefix <= most)
    block.addSubnet(address, prefix, familyOf(address))
  return block
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}

function parseProxy(name: string, value: string): ProxyServer {
  const text = secretOf(name, value)
  const given = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const remedy =
    'give an http or https proxy, e.g. http://proxy.example.com:3128, or list the host in NO_PROXY'
  const refuse = (problem: string) => new InvalidInputError([{ field: name, problem, remedy }])
  if (!URL.canParse(given)) throw refuse('the value is not the URL of a proxy')
  const { protocol, hostname, port, username, password } = new URL(given)
  if (protocol !== 'http:' && protocol !== 'https:')
    throw refuse('is a proxy of another kind than http or https')
  // Docker keeps the quotes of a value in an env file, and `DIRECT` is the word of a PAC file.
  if (/["']/.test(hostname)) throw refuse('the value is in quotes, or has one in the host')
  if (port === '0' || /^direct$/i.test(text)) throw refuse('the value names no proxy that can be reached')
  const authorization = username === '' && password === '' ? {} : { authorization: basic(username, password) }
  const usual = protocol === 'https:' ? 443 : 80
  return { protocol, host: bare(hostname), port: Number(port || usual), ...authorization }
}

function basic(username: string, password: string): string {
  const user = [username, password].map(decoded).join(':')
  return `Basic ${Buffer.from(user).toString('base64')}`
}

/** A lone percent sign is one. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
