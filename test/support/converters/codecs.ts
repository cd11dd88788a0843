import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common'
import proto from '@temporalio/proto'

const { Payload: wire } = proto.temporal.api.common.v1
const bytes = (text: string) => Buffer.from(text)
const textOf = (data: Uint8Array | null | undefined) => Buffer.from(data ?? []).toString()

export const converterPath = (name: 'payload' | 'failure') =>
  fileURLToPath(new URL(`./${name}.cjs`, import.meta.url))

/** Wraps each payload, and reads only what it has wrapped. */
function wrapping(
  encoding: string,
  wrap: (inner: Buffer, context: SerializationContext | undefined) => Payload,
  unwrap: (payload: Payload, context: SerializationContext | undefined) => Buffer,
): PayloadCodec {
  return {
    encode: async (payloads, context) =>
      payloads.map((payload) => {
        const { metadata, data = null } = wrap(Buffer.from(wire.encode(payload).finish()), context)
        return { metadata: { ...metadata, encoding: bytes(encoding) }, ...(data ? { data } : {}) }
      }),
    decode: async (payloads, context) =>
      payloads.map((payload) => {
        const found = textOf(payload.metadata?.encoding)
        if (found !== encoding) throw new Error(`not ${encoding} but ${found}`)
        return wire.decode(unwrap(payload, context)) as Payload
      }),
  }
}

/** Makes long payloads short. */
export const gzip = wrapping(
  'binary/gzip',
  (inner) => ({ data: gzipSync(inner) }),
  ({ data }) => gunzipSync(data as Uint8Array),
)

/** As an encryption that derives a key for each workflow and activity: only who knows whose a payload is reads it. */
export const bound = wrapping(
  'binary/bound',
  (inner, context) => ({ data: inner, metadata: { owner: bytes(ownerOf(context)) } }),
  ({ data, metadata }, context) => {
    const [was, is] = [textOf(metadata?.owner), ownerOf(context)]
    if (was !== is) throw new Error(`a payload of ${was}, read as one of ${is}`)
    return Buffer.from(data as Uint8Array)
  },
)

function ownerOf(context: SerializationContext | undefined): string {
  if (!context) return 'nobody'
  const { type, namespace, workflowId } = context
  const activityId = context.type === 'activity' ? context.activityId : ''
  return JSON.stringify([type, namespace, workflowId, activityId])
}
