import { type Check, having, list, text } from '../check.js'
import { InvalidInputError } from '../errors.js'
import { holdsNextEntry, secretOf } from '../secret.js'

/** A key for the MAC of the token. */
export interface MacKey {
  /** 1 to 8 letters or digits. The id travels in the token, so that a verifier can select the key. */
  readonly id: string
  /** At least 32 characters. It never enters a history, a log or an error. */
  readonly secret: string
}

/** The keys of this process. To rotate keys, add a new key to verifiers before signers, and keep old keys for 8 more days. */
export interface MacKeys {
  /** The key that signs new tokens. */
  readonly sign: MacKey
  /** All accepted keys, including `sign`. */
  readonly verify: readonly MacKey[]
}

/** The longest key id, in characters. */
export const maxKeyIdLength = 8
const minSecretLength = 32
const keyIdPattern = /^[A-Za-z0-9]{1,8}$/
const variable = 'VODFLOW_MAC_KEYS'

/**
 * Reads `VODFLOW_MAC_KEYS`: `k2:<secret>,k1:<secret>`. The first key signs, all verify.
 *
 * @throws InvalidInputError that names the problem, never the secret.
 */
export function parseMacKeys(text: string | undefined): MacKeys {
  if (text !== undefined && typeof text !== 'string') throw refuse('is not text')
  if (!text?.trim()) throw refuse('is missing')
  const verify = text.split(',').map((entry, index) => keyOf(secretOf(variable, entry), index + 1))
  const twice = verify.find(({ id }, index) => verify.findIndex((key) => key.id === id) !== index)
  if (twice) throw refuse(`has the key id "${twice.id}" twice`)
  return { sign: verify[0] as MacKey, verify }
}

const passKeys = 'pass the result of parseMacKeys(process.env.VODFLOW_MAC_KEYS)'
const key = having<MacKey>(
  {
    id: text({
      pattern: keyIdPattern,
      problem: `is not 1 to ${maxKeyIdLength} letters or digits`,
      remedy: passKeys,
    }),
    secret: text({
      pattern: /^.{32,}$/s,
      problem: `has fewer than ${minSecretLength} characters`,
      remedy: passKeys,
    }),
  },
  passKeys,
)

/** Checks the keys of a program without types. No problem contains a value, which may be a secret. */
export const macKeys: Check<MacKeys> = having<MacKeys>(
  { sign: key, verify: list(key, { remedy: passKeys }) },
  passKeys,
)

/** Returns true if a key can have this id. */
export function isMacKeyId(id: string): boolean {
  return keyIdPattern.test(id)
}

function keyOf(entry: string, position: number): MacKey {
  const colon = entry.indexOf(':')
  if (colon < 0) throw refuse(`has no colon between id and secret in entry ${position}`)
  const id = entry.slice(0, colon)
  const secret = entry.slice(colon + 1).trim()
  if (!isMacKeyId(id))
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
