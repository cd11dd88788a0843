/*
 * The last thing that a line goes through before anybody sees it. What writes a line must not put a secret into it; this is for the day
 * on which one does, or a library.
 */

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
const hidden = '[redacted]'

const known = new Set<string>()

/** From now on `value` is in no line. */
export function hide(value: string | undefined): void {
  if (value === undefined || value.length < minSecret) return
  known.add(value)
  // As it stands in a line of JSON, and in a URL.
  known.add(JSON.stringify(value).slice(1, -1))
  known.add(encodeURIComponent(value))
}

/** Hides what this process was given as its secrets. */
export function hideEnvironment(env: NodeJS.ProcessEnv = process.env): void {
  for (const name of secretVariables) hide(env[name])
  for (const [name, value] of Object.entries(env)) {
    // Keys with ids: "k2:<secret>,k1:<secret>".
    if (/^VODFLOW_.*_(KEYS|TOKENS)$/.test(name))
      for (const entry of value?.split(',') ?? []) hide(entry.slice(entry.indexOf(':') + 1).trim())
  }
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
