import type { LoadedClientOptions } from '@temporalio/client'
import {
  defaultPayloadConverter,
  type Payload,
  type SerializationContext,
  ValueError,
} from '@temporalio/common'
import { encryptionOfEnvironment, problemOfUnopened } from './encryption.js'

/** Reads one payload as a client's own results are read: through its codecs, the last one first. A codec may want to know whose it is. */
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

/** @throws ValueError in words of its own: a payload converter would say that an encoding is unknown */
export function requireOpened(payload: Payload): Payload {
  const problem = problemOfUnopened(payload)
  if (problem !== undefined) throw new ValueError(problem)
  return payload
}

/** One value as the SDK would send it: through the codecs, which are told whose it is. */
export async function payloadsOf(
  value: unknown,
  context: SerializationContext,
  { loadedDataConverter: { payloadCodecs, payloadConverter } }: Codecs,
): Promise<Payload[]> {
  let payloads = [payloadConverter.toPayload(value, context)]
  for (const codec of payloadCodecs) payloads = await codec.encode(payloads, context)
  return payloads
}

/** Whose the payloads of an activity are: its input, its heartbeats, its result. */
export function ownerOfActivity(
  namespace: string,
  activity: { readonly workflowId: string; readonly activityId: string; readonly isLocal?: boolean },
): SerializationContext {
  const { workflowId, activityId, isLocal = false } = activity
  return { type: 'activity', namespace, workflowId, activityId, isLocal }
}

/** Reads the payloads of one workflow or activity. */
export function readerFor(read: PayloadReader, owner: SerializationContext): PayloadReader {
  return (payload) => read(payload, owner)
}

/** Of a failed workflow task: the workflow has written it, or its worker, which names no owner. */
export function readerOfTaskFailure(read: PayloadReader, owner: SerializationContext): PayloadReader {
  return (payload) => read(payload, owner).catch(() => read(payload))
}

/** A payload that this process has no key for is no reason to show nothing at all. */
export async function readable(payload: Payload, read: PayloadReader): Promise<unknown> {
  try {
    return await read(payload)
  } catch (error) {
    return `[not readable: ${error instanceof Error ? error.message : String(error)}]`
  }
}

/** For payloads that no connection brought. */
export function payloadReaderOfEnvironment(): PayloadReader {
  const { payloadCodecs = [] } = encryptionOfEnvironment().dataConverter
  const loadedDataConverter = { payloadCodecs, payloadConverter: defaultPayloadConverter }
  return payloadReader({ loadedDataConverter })
}
