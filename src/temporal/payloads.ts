import type { LoadedClientOptions } from '@temporalio/client'
import { defaultPayloadConverter, type Payload } from '@temporalio/common'
import { encryptionOfEnvironment } from './encryption.js'

/** Reads one payload as a client's own results are read: through its codecs, the last one first. */
export type PayloadReader = (payload: Payload) => Promise<unknown>

interface Codecs {
  readonly loadedDataConverter: Pick<
    LoadedClientOptions['loadedDataConverter'],
    'payloadCodecs' | 'payloadConverter'
  >
}

export function payloadReader({
  loadedDataConverter: { payloadCodecs, payloadConverter },
}: Codecs): PayloadReader {
  return async (given) => {
    let payloads = [given]
    for (const codec of [...payloadCodecs].reverse()) payloads = await codec.decode(payloads)
    const [payload] = payloads
    return payload && payloadConverter.fromPayload(payload)
  }
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
  const { payloadCodecs = [] } = encryptionOfEnvironment().dataConverter ?? {}
  const loadedDataConverter = { payloadCodecs, payloadConverter: defaultPayloadConverter }
  return payloadReader({ loadedDataConverter })
}
