import { InvalidInputError } from '../contract/errors.js'
import { secretOf } from '../contract/secret.js'

/** An AES-256 key. */
export interface PayloadKey {
  /** 1 to 8 letters or digits. It is stored in clear next to each payload, so that a reader knows which key to use. */
  readonly id: string
  /** 32 bytes. They appear in no history, log or error. */
  readonly bytes: Buffer
}

/** Keys for encryption. To rotate, add a new key to readers before writers, and keep old keys as long as histories need them. */
export interface PayloadKeys {
  readonly encrypt: PayloadKey
  /** All keys for decryption, including `encrypt`. */
  readonly decrypt: readonly PayloadKey[]
}

/**
 * Reads `VODFLOW_PAYLOAD_KEYS`: `k2:<64 hex digits>,k1:<64 hex digits>`. The first key encrypts, all keys decrypt.
 *
 * @throws InvalidInputError that names the problem, but never the key
 */
export function parsePayloadKeys(text: string | undefined): PayloadKeys {
  if (text === undefined || text === '') throw refuse('is not set')
  if (typeof text !== 'string') throw refuse('is not text')
  const decrypt = text.split(',').map((entry, index) => keyOf(secretOf(variable, entry), index + 1))
  const twice = decrypt.find(({ id }, index) => decrypt.findIndex((key) => key.id === id) !== index)
  if (twice) throw refuse(`key id "${twice.id}" appears twice`)
  return { encrypt: decrypt[0] as PayloadKey, decrypt }
}

const variable = 'VODFLOW_PAYLOAD_KEYS'

function keyOf(entry: string, position: number): PayloadKey {
  const [id = '', hex = ''] = entry.split(':').map((part) => part.trim())
  if (!/^[A-Za-z0-9]{1,8}$/.test(id))
    throw refuse(`the id of entry ${position} is not 1 to 8 letters or digits`)
  // An entry without a colon may be a piece of a key, so nothing of it is shown.
  if (!entry.includes(':')) throw refuse(`entry ${position} has no colon between id and key`)
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw refuse(`the key of "${id}" is not 64 hex digits`)
  return { id, bytes: Buffer.from(hex, 'hex') }
}

function refuse(problem: string): InvalidInputError {
  const remedy =
    'use "k1:<64 hex digits>", several keys separated by commas, e.g. from `openssl rand -hex 32`'
  return new InvalidInputError([{ field: variable, problem, remedy }])
}
