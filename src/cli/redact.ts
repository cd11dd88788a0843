/*
 * The last thing that a line goes through before anybody sees it. What writes a line must not put a secret into it; this is for the day
 * on which one does, or a library.
 */

import { inspect } from 'node:util'

/** Environment variables whose values are secret, or have one in them. */
const secretVariables = [
  'TENCENTCLOUD_SECRET_ID',
  'TENCENTCLOUD_SECRET_KEY',
  'TENCENTCLOUD_SESSION_TOKEN',
  'TEMPORAL_API_KEY',
  'TEMPORAL_TLS_CLIENT_KEY_DATA',
  'VODFLOW_SIGN_KEY',
] as const

/** A shorter value would also stand in words that are not it. */
const minSecret = 6
/** A word within a secret of several words. */
const minPiece = 10
const hidden = '[redacted]'

const known = new Set<string>()

/** From now on `value` is in no line. */
export function hide(value: string | undefined): void {
  if (value === undefined || value.length < minSecret) return
  for (const form of formsOf(value)) if (form.length >= minSecret) known.add(form)
}

/** As a secret may stand in a line: whole, without the blanks around it, in its printable pieces, in JSON, as Node inspects it, in a URL. */
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

/** Hides what this process was given as its secrets. */
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

/** `user:password@` of a proxy, as it is given and as it is sent. */
function hideUserIn(proxy: string): void {
  const [, user = ''] = /^(?:[^/]*\/\/)?([^/?#]*)@/.exec(proxy) ?? []
  hide(user)
  hide(user.slice(user.indexOf(':') + 1))
  hide(Buffer.from(user).toString('base64'))
}

const names =
  'secret_?id|secret_?key|(?:session_?|security_?)?token|signature|sign|sign_?key|authorization|password|api_?key|mac_?keys?|x-tc-token'

const patterns: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // What SessionContext carries of ours: whoever has it can hint a step.
  [/vf1\.[\w-]{1,8}\.[\w.~+/=-]+/g, 'vf1.[redacted]'],
  // Tencent's SecretIds, and a signature of version 3.
  [/\bAKID\w{8,}/g, hidden],
  [/TC3-HMAC-SHA256[^"\\]*/g, hidden],
  [/\bBearer\s+[\w.~+/=-]+/gi, `Bearer ${hidden}`],
  [/\bwhsec_[\w+/=]+/g, hidden],
  // A query may hold anything: signatures of media URLs, tokens of receivers. So may user and password.
  [/(\bhttps?:\/\/[^\s"'?#\\<>]*)\?[^\s"'\\<>]*/gi, `$1?${hidden}`],
  [/(\bhttps?:\/\/)[^\s"'/@\\]+@/gi, `$1${hidden}@`],
  [new RegExp(`(\\\\?"(?:${names})\\\\?"\\s*:\\s*\\\\?")(?:[^"\\\\]|\\\\[^"])*`, 'gi'), `$1${hidden}`],
  [new RegExp(`\\b(${names})=[^\\s&"',;\\\\]+`, 'gi'), `$1=${hidden}`],
]

/** The text without secrets; a line of JSON stays one. */
export function redact(text: string): string {
  let safe = text
  // The longest first: one secret may begin with another.
  for (const secret of [...known].sort((a, b) => b.length - a.length)) safe = safe.replaceAll(secret, hidden)
  for (const [pattern, replacement] of patterns) safe = safe.replace(pattern, replacement)
  return safe
}
