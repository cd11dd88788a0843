import { InvalidInputError } from './errors.js'

/**
 * Checks a credential, key or token. Leading and trailing blanks and newlines, which come from a file or a shell, are removed. Any other
 * character that is not printable ASCII is refused, because a library that puts the value into a header may show all of it in its error.
 *
 * @param field - the name of the variable or option, e.g. `TENCENTCLOUD_SECRET_ID`
 * @throws InvalidInputError that names the field, never the value.
 */
export function secretOf(field: string, given: string): string {
  if (typeof given !== 'string') throw refused(field, 'is not a string', 'pass a string')
  const secret = given.trim()
  const at = secret.search(/[^\x20-\x7e]/)
  if (at < 0) return secret
  const kind = kindOf(secret.charCodeAt(at))
  throw refused(
    field,
    `has ${kind} as character ${at + 1}`,
    'copy it again; it is printable ASCII on one line',
  )
}

/** Returns true if a secret in a list, `k2:<secret>,k1:<secret>`, contains the next entry because a comma is missing. */
export function holdsNextEntry(secret: string): boolean {
  return /[; ][\w.@-]{1,64}:/.test(secret)
}

/**
 * Returns a variable of an environment, or undefined if it is not set or empty. Blanks alone are refused, because a deployment that sets
 * them means to have a secret.
 *
 * @throws as {@link secretOf}
 */
export function secretIn(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): string | undefined {
  const given = env[name]
  if (!given) return undefined
  const secret = secretOf(name, given)
  if (secret === '') throw refused(name, 'is blank', 'set it to the secret, or do not set it')
  return secret
}

function kindOf(code: number): string {
  if (code === 0x0a || code === 0x0d) return 'a line break'
  return code < 0x20 || code === 0x7f ? 'a control character' : 'a character that is not ASCII'
}

function refused(field: string, problem: string, remedy: string): InvalidInputError {
  return new InvalidInputError([{ field, problem, remedy }])
}
