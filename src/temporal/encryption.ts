import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import {
  type DataConverter,
  METADATA_ENCODING_KEY,
  type Payload,
  type PayloadCodec,
} from '@temporalio/common'
// CommonJS: it has no named exports for Node.
import proto from '@temporalio/proto'
import { cut } from '../contract/text.js'
import { type PayloadKey, type PayloadKeys, parsePayloadKeys } from './payloadKeys.js'
import { encryptedEncoding, problemOfEncoding, unopenedEncoding } from './unopened.js'

const keyIdField = 'encryption-key-id'
const ivBytes = 12
const tagBytes = 16

/**
 * What a client and a worker need so that Temporal's server sees inputs, results, signals, queries and memos encrypted only
 * (AES-256-GCM, a fresh nonce for each). Plain payloads of earlier runs are still read. Workflow ids, types, search attributes, the
 * names of activities and the messages of failures stay in clear.
 *
 * @param keys - as in `VODFLOW_PAYLOAD_KEYS`: `k2:<64 hex digits>,k1:<64 hex digits>`; the first encrypts, all decrypt.
 * @throws InvalidInputError that names the problem, never the key.
 */
export function payloadEncryption(keys: string): DataConverter {
  return { payloadCodecs: [createEncryptionCodec(parsePayloadKeys(keys))] }
}

/** With the keys of VODFLOW_PAYLOAD_KEYS. Without it, nothing is encrypted, and what is encrypted is refused in words. */
export function encryptionOfEnvironment(): { readonly dataConverter: DataConverter } {
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
    `a payload is encrypted with key "${keyIdOf(payload)}", and VODFLOW_PAYLOAD_KEYS is not set; give this process the keys that it was written with`,
  )
}

/**
 * A payload that cannot be decrypted is passed on with the reason as its encoding. A codec that throws fails the whole workflow task, so
 * that anybody who can send a signal stops a run for good. A payload converter throws only where the value is read: the SDK keeps a signal
 * that has no handler unread, and drops, refuses or fails the rest by itself.
 */
function unopened(payload: Payload, problem: string): Payload {
  const reason = Buffer.from(unopenedEncoding(problem))
  return { ...payload, metadata: { ...payload.metadata, [METADATA_ENCODING_KEY]: reason } }
}

/** Why a payload that has passed through the codec is still encrypted; undefined where it is not. */
export function problemOfUnopened(payload: Payload): string | undefined {
  return problemOfEncoding(text(payload.metadata?.[METADATA_ENCODING_KEY]))
}

/** Long enough for every id of ours. What a stranger has written may be longer. */
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
  const remedy = 'give this process the VODFLOW_PAYLOAD_KEYS that it was written with'
  if (!key) return unopened(payload, `a payload is encrypted with key "${id}", which is not here; ${remedy}`)
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
      `a payload cannot be decrypted with key "${id}": it is another key of that id; ${remedy}`,
    )
  }
}

function text(bytes: Uint8Array | null | undefined): string {
  return bytes ? Buffer.from(bytes).toString() : ''
}
