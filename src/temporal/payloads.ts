import type { LoadedClientOptions } from '@temporalio/client'
import {
  defaultPayloadConverter,
  type Payload,
  type SerializationContext,
  ValueError,
} from '@temporalio/common'
import { encryptionFromEnv, problemOfUnopened } from './encryption.js'

/** Reads a payload as a client reads results: through its codecs, the last one first. The context says to whom the payload belongs. */
export type PayloadReader = (payload: Payload, context?: SerializationContext) => Promise<unknown>

interface Codecs {
  readonly loadedDataConverter: Pick<
    LoadedClientOptions['loadedDataConverter'],
    'payloadCodecs' | 'payloadConverter'
  >
}

export function payloadReader({
  loadedDataConverter: { payloadCodecs, payloadConverter },
}: Codecs): PayloadReader {
  return async (given, context) => {
    let payloads = [given]
    for (const codec of [...payloadCodecs].reverse()) payloads = await codec.decode(payloads, context)
    const [payload] = payloads
    return payload && payloadConverter.fromPayload(requireOpened(payload), context)
  }
}

/** @throws ValueError with the reason, because a payload converter would only say that the encoding is unknown */
export function requireOpened(payload: Payload): Payload {
  const problem = problemOfUnopened(payload)
  if (problem !== undefined) throw new ValueError(problem)
  return payload
}

/** Encodes a value as the SDK does: through the codecs, with the context that says to whom the payload belongs. */
export async function payloadsOf(
  value: unknown,
  context: SerializationContext,
  { loadedDataConverter: { payloadCodecs, payloadConverter } }: Codecs,
): Promise<Payload[]> {
  let payloads = [payloadConverter.toPayload(value, context)]
  for (const codec of payloadCodecs) payloads = await codec.encode(payloads, context)
  return payloads
}

/** Returns the context of an activity's payloads: its input, heartbeats and result. */
export function ownerOfActivity(
  namespace: string,
  activity: { readonly workflowId: string; readonly activityId: string; readonly isLocal?: boolean },
): SerializationContext {
  const { workflowId, activityId, isLocal = false } = activity
  return { type: 'activity', namespace, workflowId, activityId, isLocal }
}

/** Returns a reader for the payloads of one workflow or activity. */
export function readerFor(read: PayloadReader, owner: SerializationContext): PayloadReader {
  return (payload) => read(payload, owner)
}

/** Returns a reader for the failure of a workflow task. The workflow wrote it with its context, or its worker without one. */
export function readerOfTaskFailure(read: PayloadReader, owner: SerializationContext): PayloadReader {
  return (payload) => read(payload, owner).catch(() => read(payload))
}

/** Reads a payload, or returns a text with the reason why it cannot be read, so that the rest can still be shown. */
export async function readable(payload: Payload, read: PayloadReader): Promise<unknown> {
  try {
    return await read(payload)
  } catch (error) {
    return `[not readable: ${error instanceof Error ? error.message : String(error)}]`
  }
}

/** Returns a reader for payloads from a file, which have no connection with a data converter. */
export function payloadReaderOfEnvironment(): PayloadReader {
  const { payloadCodecs = [] } = encryptionFromEnv().dataConverter
  const loadedDataConverter = { payloadCodecs, payloadConverter: defaultPayloadConverter }
  return payloadReader({ loadedDataConverter })
}
