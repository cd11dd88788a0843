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

/** A value that this process cannot read, because another codec or another key wrote it. */
export class Unreadable {
  constructor(readonly problem: string) {}
}

/**
 * Returns a client that describes and lists workflows. A memo that it cannot read is {@link Unreadable}, and its run and all others are
 * still listed, because a namespace may contain workflows of other programs.
 */
export function executionsIn(client: Client): Pick<WorkflowClient, 'getHandle' | 'list'> {
  const { loadedDataConverter, namespace, identity } = client.options
  return new WorkflowClient({
    connection: client.connection,
    namespace,
    identity,
    interceptors: client.workflow.options.interceptors,
    // The client also accepts a loaded data converter.
    dataConverter: lenient(loadedDataConverter),
  })
}

/** Returns a field of a memo, or undefined if it is absent or cannot be read. */
export function memoField(memo: Readonly<Record<string, unknown>> | undefined, field: string): unknown {
  const value = memo?.[field]
  return value instanceof Unreadable ? undefined : value
}

/** Returns the reason why a memo cannot be read, or undefined if all of it can. */
export function problemOfMemo(memo: Readonly<Record<string, unknown>> | undefined): string | undefined {
  return Object.values(memo ?? {}).find((value) => value instanceof Unreadable)?.problem
}

/** Placeholders for payloads that a codec could not decode, with the reason. */
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
      // The code that reads a memo accepts any value.
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
