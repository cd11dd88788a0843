import type { DataConverter, Payload } from '@temporalio/common'
import { z } from 'zod'
import { requireOpened } from '../../temporal/payloads.js'

/** The schema of payloads as Temporal's UI and command line send them to a codec server: protobuf as JSON, with bytes as base64. */
export const payloadsSchema = z.object({
  payloads: z.array(
    z.object({ metadata: z.record(z.string(), z.string()).optional(), data: z.string().optional() }),
  ),
})

type JsonPayload = z.infer<typeof payloadsSchema>['payloads'][number]

export interface DecodedPayloads {
  readonly payloads: readonly JsonPayload[]
  /** Number of payloads that could not be decrypted with the keys here. They are returned unchanged. */
  readonly unread: number
}

/** Decodes each payload by itself, because one that needs a lost key must not hide the others. */
export async function decodeAll(
  given: readonly JsonPayload[],
  { payloadCodecs = [] }: DataConverter,
): Promise<DecodedPayloads> {
  let unread = 0
  const payloads = await Promise.all(
    given.map(async (each) => {
      let read = [fromJson(each)]
      try {
        for (const codec of [...payloadCodecs].reverse()) read = await codec.decode(read)
        return read[0] ? toJson(requireOpened(read[0])) : each
      } catch {
        unread += 1
        return each
      }
    }),
  )
  return { payloads, unread }
}

function fromJson({ metadata = {}, data = '' }: JsonPayload): Payload {
  return {
    metadata: mapped(metadata, (value) => Buffer.from(value, 'base64')),
    data: Buffer.from(data, 'base64'),
  }
}

function toJson({ metadata, data }: Payload): JsonPayload {
  return { metadata: mapped(metadata ?? {}, base64), data: base64(data ?? new Uint8Array()) }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

function mapped<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))
}
