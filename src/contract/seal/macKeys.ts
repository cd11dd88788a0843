import { InvalidInputError } from '../errors.js'
import { holdsNextEntry, secretOf } from '../secret.js'

/** One key of the token's MAC. */
export interface MacKey {
  /** 1 to 8 letters or digits; it travels in the token, so that a verifier knows which key to take. */
  readonly id: string
  /** At least 32 characters. Never in a history, a log or an error. */
  readonly secret: string
}

/** Keys rotate: verifiers learn a new one before signers, and old ones verify for 8 days more. */
export interface MacKeys {
  readonly sign: MacKey
  /** All keys that are believed, `sign` among them. */
  readonly verify: readonly MacKey[]
}

/** Longest key id, in characters. */
export const maxKeyIdLength = 8
const minSecretLength = 32
const variable = 'VODFLOW_MAC_KEYS'

/**
 * Reads `VODFLOW_MAC_KEYS`: `k2:<secret>,k1:<secret>`. The first key signs, all verify.
 *
 * @throws InvalidInputError that names the problem, never the secret.
 */
export function parseMacKeys(text: string | undefined): MacKeys {
  if (!text?.trim()) throw refuse('is missing')
  const verify = text.split(',').map((entry, index) => keyOf(secretOf(variable, entry), index + 1))
  const twice = verify.find(({ id }, index) => verify.findIndex((key) => key.id === id) !== index)
  if (twice) throw refuse(`has the key id "${twice.id}" twice`)
  return { sign: verify[0] as MacKey, verify }
}

function keyOf(entry: string, position: number): MacKey {
  const colon = entry.indexOf(':')
  if (colon < 0) throw refuse(`has no colon between id and secret in entry ${position}`)
  const id = entry.slice(0, colon)
  const secret = entry.slice(colon + 1).trim()
  if (!/^[A-Za-z0-9]{1,8}$/.test(id))
    throw refuse(`has an id that is not 1 to ${maxKeyIdLength} letters or digits in entry ${position}`)
  if (secret.length < minSecretLength) {
    throw refuse(
      `needs at least ${minSecretLength} characters in the secret of "${id}", which has ${secret.length}`,
    )
  }
  if (holdsNextEntry(secret)) throw refuse(`has no comma between two keys in entry ${position}`)
  return { id, secret }
}

function refuse(problem: string): InvalidInputError {
  const remedy =
    'set it to "k1:<at least 32 random characters>", e.g. from `openssl rand -hex 32`; separate several keys with commas'
  return new InvalidInputError([{ field: variable, problem, remedy }])
}
