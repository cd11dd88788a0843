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
  /** The key that signs new tokens. */
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
  if (!text?.trim()) throw refuse('missing')
  const verify = text.split(',').map((entry, index) => keyOf(secretOf(variable, entry), index + 1))
  const twice = verify.find(({ id }, index) => verify.findIndex((key) => key.id === id) !== index)
  if (twice) throw refuse(`key id "${twice.id}" stands twice`)
  return { sign: verify[0] as MacKey, verify }
}

function keyOf(entry: string, position: number): MacKey {
  const colon = entry.indexOf(':')
  if (colon < 0) throw refuse(`entry ${position} has no colon between id and secret`)
  const id = entry.slice(0, colon)
  const secret = entry.slice(colon + 1).trim()
  if (!/^[A-Za-z0-9]{1,8}$/.test(id))
    throw refuse(`the id of entry ${position} is not 1 to ${maxKeyIdLength} letters or digits`)
  if (secret.length < minSecretLength) {
    throw refuse(
      `the secret of "${id}" has ${secret.length} characters, at least ${minSecretLength} are needed`,
    )
  }
  if (holdsNextEntry(secret))
    throw refuse(`entry ${position} has another key in it, with no comma between them`)
  return { id, secret }
}

function refuse(problem: string): InvalidInputError {
  const remedy =
    'give "k1:<at least 32 random characters>", several keys with commas, e.g. from `openssl rand -hex 32`'
  return new InvalidInputError([{ field: variable, problem, remedy }])
}
