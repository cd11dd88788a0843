import { type Client, WorkflowClient } from '@temporalio/client'
import type {
  ConverterHint,
  LoadedDataConverter,
  Payload,
  PayloadCodec,
  PayloadConverter,
  SerializationContext,
} from '@temporalio/common'
import { requireOpened } from './payloads.js'

/** A value that this process cannot read: another codec or another key wrote it. */
export class Unreadable {
  constructor(readonly problem: string) {}
}

/**
 * Describes and lists workflows as the client does. A memo that this process cannot read is {@link Unreadable} there, and hides neither
 * its run nor others: a namespace may have workflows of anybody.
 */
export function executionsIn(client: Client): Pick<WorkflowClient, 'getHandle' | 'list'> {
  const { loadedDataConverter, namespace, identity } = client.options
  return new WorkflowClient({
    connection: client.connection,
    namespace,
    identity,
    interceptors: client.workflow.options.interceptors,
    // The client takes a loaded one too.
    dataConverter: lenient(loadedDataConverter),
  })
}

/** A field of a memo; undefined also where it cannot be read. */
export function memoField<T>(
  memo: Readonly<Record<string, unknown>> | undefined,
  field: string,
): T | undefined {
  const value = memo?.[field]
  return value instanceof Unreadable ? undefined : (value as T | undefined)
}

/** Why a memo cannot be read; undefined where all of it can. */
export function problemOfMemo(memo: Readonly<Record<string, unknown>> | undefined): string | undefined {
  return Object.values(memo ?? {}).find((value) => value instanceof Unreadable)?.problem
}

/** What takes the place of a payload that a codec could not decode. */
const failed = new WeakMap<Payload, Unreadable>()

function lenient({ payloadConverter, payloadCodecs, ...rest }: LoadedDataConverter): LoadedDataConverter {
  return {
    ...rest,
    payloadConverter: lenientConverter(payloadConverter),
    payloadCodecs: payloadCodecs.map(lenientCodec),
  }
}

function lenientCodec(codec: PayloadCodec): PayloadCodec {
  return {
    encode: (payloads, context) => codec.encode(payloads, context),
    decode: (payloads, context) =>
      Promise.all(
        payloads.map(async (payload) => {
          if (failed.has(payload)) return payload
          try {
            const [decoded = payload] = await codec.decode([payload], context)
            return requireOpened(decoded)
          } catch (error) {
            const placeholder: Payload = {}
            failed.set(placeholder, unreadable(error))
            return placeholder
          }
        }),
      ),
  }
}

function lenientConverter(converter: PayloadConverter): PayloadConverter {
  return {
    toPayload: (value, context, hint) => converter.toPayload(value, context, hint),
    fromPayload<T>(payload: Payload, context?: SerializationContext, hint?: ConverterHint<T>): T {
      // What reads a memo takes any value.
      const known = failed.get(payload)
      if (known) return known as T
      try {
        return converter.fromPayload<T>(payload, context, hint)
      } catch (error) {
        return unreadable(error) as T
      }
    },
  }
}

function unreadable(error: unknown): Unreadable {
  return new Unreadable(error instanceof Error ? error.message : String(error))
}
