import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import {
  type DataConverter,
  METADATA_ENCODING_KEY,
  type Payload,
  type PayloadCodec,
} from '@temporalio/common'
// The package is CommonJS without named exports for Node.
import proto from '@temporalio/proto'
import { cut } from '../contract/text.js'
import { encryptedEncoding, problemOfEncoding, unopenedEncoding } from '../contract/unopened.js'
import { type PayloadKey, type PayloadKeys, parsePayloadKeys } from './payloadKeys.js'

const keyIdField = 'encryption-key-id'
const ivBytes = 12
const tagBytes = 16

/**
 * Returns a data converter that encrypts inputs, results, signals, queries and memos (AES-256-GCM, a new nonce for each), so that
 * Temporal's server sees only ciphertext. Use it for clients and workers. It still reads plain payloads of earlier runs. Workflow ids,
 * types, search attributes, names of activities and messages of failures are not encrypted.
 *
 * @param keys - as in `VODFLOW_PAYLOAD_KEYS`: `k2:<64 hex digits>,k1:<64 hex digits>`. The first key encrypts, all keys decrypt.
 * @throws InvalidInputError that names the problem, but never the key
 */
export function payloadEncryption(keys: string | undefined): DataConverter {
  return { payloadCodecs: [createEncryptionCodec(parsePayloadKeys(keys))] }
}

/** Returns a data converter with the keys of VODFLOW_PAYLOAD_KEYS. If unset, it encrypts nothing, and explains why it cannot decrypt. */
export function encryptionFromEnv(): { readonly dataConverter: DataConverter } {
  const keys = process.env.VODFLOW_PAYLOAD_KEYS
  return { dataConverter: keys ? payloadEncryption(keys) : { payloadCodecs: [withoutKeys] } }
}

const withoutKeys: PayloadCodec = {
  encode: async (payloads) => payloads,
  decode: async (payloads) => payloads.map(plain),
}

function plain(payload: Payload): Payload {
  if (text(payload.metadata?.[METADATA_ENCODING_KEY]) !== encryptedEncoding) return payload
  return unopened(
    payload,
    `a payload is encrypted with key "${keyIdOf(payload)}", and VODFLOW_PAYLOAD_KEYS is not set; set it to the keys that the payload was written with`,
  )
}

/**
 * Passes on a payload that cannot be decrypted, with the reason as its encoding. If the codec threw, the whole workflow task would fail, so
 * that anyone who can send a signal could stop a run permanently. A payload converter throws only where the value is read: the SDK does not
 * read a signal without a handler, and drops, refuses or fails the rest by itself.
 */
function unopened(payload: Payload, problem: string): Payload {
  const reason = Buffer.from(unopenedEncoding(problem))
  return { ...payload, metadata: { ...payload.metadata, [METADATA_ENCODING_KEY]: reason } }
}

/** Returns the reason why a payload is still encrypted after the codec, or undefined if it is not encrypted. */
export function problemOfUnopened(payload: Payload): string | undefined {
  return problemOfEncoding(text(payload.metadata?.[METADATA_ENCODING_KEY]))
}

/** Longer than every valid id of a key. A payload of another program may have a longer one. */
const maxShownId = 32

function keyIdOf({ metadata }: Payload): string {
  return cut(text(metadata?.[keyIdField]), maxShownId)
}

function createEncryptionCodec({ encrypt, decrypt }: PayloadKeys): PayloadCodec {
  return {
    encode: async (payloads) => payloads.map((payload) => sealed(payload, encrypt)),
    decode: async (payloads) => payloads.map((payload) => opened(payload, decrypt)),
  }
}

const { Payload: wire } = proto.temporal.api.common.v1

function sealed(payload: Payload, key: PayloadKey): Payload {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key.bytes, iv).setAAD(Buffer.from(key.id))
  const body = Buffer.concat([cipher.update(wire.encode(payload).finish()), cipher.final()])
  return {
    metadata: { [METADATA_ENCODING_KEY]: Buffer.from(encryptedEncoding), [keyIdField]: Buffer.from(key.id) },
    data: Buffer.concat([iv, body, cipher.getAuthTag()]),
  }
}

function opened(payload: Payload, keys: readonly PayloadKey[]): Payload {
  const { metadata, data } = payload
  if (text(metadata?.[METADATA_ENCODING_KEY]) !== encryptedEncoding || !data) return payload
  const id = keyIdOf(payload)
  const key = keys.find((each) => each.id === id)
  const remedy = 'set VODFLOW_PAYLOAD_KEYS to the keys that the payload was written with'
  if (!key)
    return unopened(
      payload,
      `a payload is encrypted with key "${id}", which is not configured here; ${remedy}`,
    )
  try {
    const iv = data.subarray(0, ivBytes)
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, iv)
      .setAAD(Buffer.from(key.id))
      .setAuthTag(data.subarray(data.length - tagBytes))
    const body = data.subarray(ivBytes, data.length - tagBytes)
    return wire.decode(Buffer.concat([decipher.update(body), decipher.final()])) as Payload
  } catch {
    return unopened(
      payload,
      `a payload cannot be decrypted with key "${id}": it was written with another key with this id; ${remedy}`,
    )
  }
}

function text(bytes: Uint8Array | null | undefined): string {
  return bytes ? Buffer.from(bytes).toString() : ''
}
