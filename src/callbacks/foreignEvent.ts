import { typeOf } from './event.js'

/** An event that is not vodflow's, as it came: of VOD, in whatever format, or of another product. Nothing of it has been checked. */
export interface ForeignEvent {
  /** `EventType`, or `eventType` of format 2.0; empty where it names none. */
  readonly EventType: string
  /** The body as JSON, whatever its shape; undefined where it is none. */
  readonly json: unknown
  /** The bytes as they came; of a pulled event, its JSON without the EventHandle. */
  readonly body: Uint8Array
  /** The header as it came. */
  readonly contentType: string
  /** The header as it came, where `body` is compressed. */
  readonly contentEncoding?: string
}

/** An event that the SDK has parsed already. */
export function pulledEvent(json: unknown): ForeignEvent {
  return {
    EventType: typeOf(json),
    json,
    body: Buffer.from(JSON.stringify(json)),
    contentType: 'application/json',
  }
}
