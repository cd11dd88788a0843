/*
 * The last filter before a line is printed. Code that writes a line must not put a secret into it; this filter covers mistakes and
 * libraries.
 */

import { inspect } from 'node:util'

/** Environment variables whose values are or contain a secret. */
const secretVariables = [
  'TENCENTCLOUD_SECRET_ID',
  'TENCENTCLOUD_SECRET_KEY',
  'TENCENTCLOUD_SESSION_TOKEN',
  'TEMPORAL_API_KEY',
  'TEMPORAL_TLS_CLIENT_KEY_DATA',
  'VODFLOW_SIGN_KEY',
] as const

/** Minimum length of a secret: a shorter value would also match parts of other words. */
const minSecret = 6
/** Minimum length of a word in a secret of several words. */
const minPiece = 10
const hidden = '[redacted]'

/** Secrets, longest first, because one secret may start with another. */
let known: readonly string[] = []

/** Hides `value` in every later line. */
export function hide(value: string | undefined): void {
  if (value === undefined || value.length < minSecret) return
  const forms = formsOf(value).filter((form) => form.length >= minSecret)
  known = [...new Set([...known, ...forms])].sort((a, b) => b.length - a.length)
}

/** Returns the forms that a secret may have in a line: whole, trimmed, its printable pieces, in JSON, as Node inspects it, in a URL. */
function formsOf(value: string): string[] {
  const trimmed = value.trim()
  const pieces = trimmed.split(/[^\x21-\x7e]+/)
  return [value, trimmed]
    .flatMap((whole) => [
      whole,
      JSON.stringify(whole).slice(1, -1),
      inspect(whole).slice(1, -1),
      encodeURIComponent(whole.replace(/\p{Cs}/gu, '\ufffd')),
    ])
    .concat(pieces.filter((piece) => piece.length >= minPiece))
}

/** Hides the secrets in the environment of this process. */
export function hideEnvironment(env: NodeJS.ProcessEnv = process.env): void {
  for (const name of secretVariables) hide(env[name])
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith('TEMPORAL_GRPC_META_')) hide(value)
    if (/_proxy$/i.test(name) && value?.includes('@')) hideUserIn(value)
    // Keys with ids: "k2:<secret>,k1:<secret>".
    if (/^VODFLOW_.*_(KEYS|TOKENS)$/.test(name))
      for (const entry of value?.split(',') ?? []) hide(entry.slice(entry.indexOf(':') + 1).trim())
  }
}

/** Hides `user:password` of a proxy, as it is written and as it is sent. */
function hideUserIn(proxy: string): void {
  const [, user = ''] = /^(?:[^/]*\/\/)?([^/?#]*)@/.exec(proxy) ?? []
  hide(user)
  hide(user.slice(user.indexOf(':') + 1))
  hide(Buffer.from(user).toString('base64'))
}

const names =
  'secret_?id|secret_?key|(?:client_?)?secret|(?:session_?|security_?|access_?|refresh_?|id_?)?token|signature|sign|sign_?key|authorization|(?:set-)?cookie|password|api_?key|private_?key|mac_?keys?|x-tc-token'

/** Matches the name of a field that holds a secret. */
export const secretName = new RegExp(`^(?:${names})$`, 'i')

/** Each pattern takes linear time for any text (test/house). */
export const patterns: readonly (readonly [pattern: RegExp, replacement: (...found: string[]) => string])[] =
  [
    // The token in SessionContext, with which anyone can send hints to a step.
    [/vf1\.[\w-]{1,8}\.[\w.~+/=-]+/g, () => `vf1.${hidden}`],
    // Tencent's SecretIds, and signatures of version 3, including those of a SecretId with unusual characters.
    [/\bAKID\w{8,}/g, () => hidden],
    [/TC3-HMAC-SHA256(?:[\s\S]{0,1000}?Signature=[0-9a-f]+|[^"\\]*)/g, () => hidden],
    [/\bBearer\s+[\w.~+/=-]+/gi, () => `Bearer ${hidden}`],
    [/\bwhsec_[\w+/=]+/g, () => hidden],
    // A query may contain a secret, e.g. the signature of a media URL or a receiver's token. So may user and password.
    [/\b[a-z][a-z\d+.-]{1,15}:\/\/[^\s"'\\<>]+/gi, withoutSecrets],
    // A URL as a value of another one. What it contains cannot be told apart.
    [
      /\b([a-z][a-z\d+.-]{1,15}%(?:25){0,3}3A%(?:25){0,3}2F%(?:25){0,3}2F)([^\s"'\\<>&]+)/gi,
      (url, start = '', rest = '') => (/%(?:25){0,3}(?:3F|23|40)/i.test(rest) ? `${start}${hidden}` : url),
    ],
    // JSON in text, at any depth of escaping. A value ends at the same kind of quote that opened it, or at the end of the text.
    [
      new RegExp(`(\\\\{0,7}")(${names})\\1(\\s{0,9}:\\s{0,9})\\1[\\s\\S]*?(?:(?<!\\\\)\\1|$)`, 'gi'),
      (_, quote, name, colon) => [quote, name, quote, colon, quote, hidden, quote].join(''),
    ],
    [
      new RegExp(`(?<![A-Za-z])(${names})(=["']?)[^\\s&"',;\\\\]+`, 'gi'),
      (_, name, sign) => [name, sign, hidden].join(''),
    ],
  ]

function withoutSecrets(url: string): string {
  // An anchor is no secret, and neither is a place in a film.
  const end = url.search(/\?|#(?!t=\d{1,9}$).{0,100}=/)
  const address = end < 0 ? url : url.slice(0, end)
  return `${withoutUser(address)}${end < 0 ? '' : `${url[end]}${hidden}`}`
}

/** Hides user and password. An `@` in the path belongs to no user, unless the text before the path is no host and port. */
function withoutUser(address: string): string {
  const start = address.indexOf('//') + 2
  const slash = address.indexOf('/', start)
  const [, port = ''] = address.slice(start, slash < 0 ? undefined : slash).split(':')
  const end = slash < 0 || /\D/.test(port) ? undefined : slash
  const at = address.slice(0, end).lastIndexOf('@')
  return at < start ? address : `${address.slice(0, start)}${hidden}${address.slice(at)}`
}

/** Returns the text without the secrets of this process. */
export function withoutKnown(text: string): string {
  return known.reduce((safe, secret) => safe.replaceAll(secret, hidden), text)
}

/** Returns the text without secrets. Pass a value to `redactValue` before it becomes JSON, because redacted JSON text may not parse. */
export function redact(text: string): string {
  let safe = withoutKnown(text)
  for (const [pattern, replacement] of patterns) safe = safe.replace(pattern, replacement)
  return safe
}

/** Real values are never deeper, and a very deep value cannot be written as JSON. */
const maxDepth = 100

/** Returns a JSON value of the same shape without secrets. Hides the values of fields named like a secret, and redacts texts and names. */
export function redactValue<T>(value: T): T {
  return valueWithout(value, { isSecret: false, depth: 0 }) as T
}

function valueWithout(value: unknown, at: { readonly isSecret: boolean; readonly depth: number }): unknown {
  if (typeof value === 'string') return at.isSecret && value !== '' ? hidden : redact(value)
  if (typeof value === 'number') return at.isSecret ? hidden : value
  if (typeof value !== 'object' || value === null) return value
  if (at.depth === maxDepth) return '[deeper values are left out]'
  const depth = at.depth + 1
  if (Array.isArray(value)) return value.map((each) => valueWithout(each, { ...at, depth }))
  const times = new Map<string, number>()
  const fields = Object.entries(value).map(([name, each]) => {
    const safe = redact(name)
    const time = (times.get(safe) ?? 0) + 1
    times.set(safe, time)
    const isSecret = at.isSecret || secretName.test(name)
    // Two names may differ only in a secret.
    return [time === 1 ? safe : `${safe} (${time})`, valueWithout(each, { isSecret, depth })]
  })
  return Object.fromEntries(fields)
}
