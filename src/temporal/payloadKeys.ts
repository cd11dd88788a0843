import { InvalidInputError } from '../contract/errors.js'
import { secretOf } from '../contract/secret.js'

/** A key of AES-256. */
export interface PayloadKey {
  /** 1 to 8 letters or digits; it stands beside each payload in clear, so that a reader knows which key to take. */
  readonly id: string
  /** 32 bytes. Never in a history, a log or an error. */
  readonly bytes: Buffer
}

/** Keys rotate: readers learn a new one before writers, and old ones stay as long as there are histories that need them. */
export interface PayloadKeys {
  readonly encrypt: PayloadKey
  /** All keys that are read with, `encrypt` among them. */
  readonly decrypt: readonly PayloadKey[]
}

/**
 * Reads `VODFLOW_PAYLOAD_KEYS`: `k2:<64 hex digits>,k1:<64 hex digits>`. The first key encrypts, all decrypt.
 *
 * @throws InvalidInputError that names the problem, never the key.
 */
export function parsePayloadKeys(text: string): PayloadKeys {
  const decrypt = text.split(',').map((entry, index) => keyOf(secretOf(variable, entry), index + 1))
  const twice = decrypt.find(({ id }, index) => decrypt.findIndex((key) => key.id === id) !== index)
  if (twice) throw refuse(`key id "${twice.id}" stands twice`)
  return { encrypt: decrypt[0] as PayloadKey, decrypt }
}

const variable = 'VODFLOW_PAYLOAD_KEYS'

function keyOf(entry: string, position: number): PayloadKey {
  const [id = '', hex = ''] = entry.split(':').map((part) => part.trim())
  if (!/^[A-Za-z0-9]{1,8}$/.test(id))
    throw refuse(`the id of entry ${position} is not 1 to 8 letters or digits`)
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw refuse(`the key of "${id}" is not 64 hex digits`)
  return { id, bytes: Buffer.from(hex, 'hex') }
}

function refuse(problem: string): InvalidInputError {
  const remedy = 'give "k1:<64 hex digits>", several keys with commas, e.g. from `openssl rand -hex 32`'
  return new InvalidInputError([{ field: variable, problem, remedy }])
}
