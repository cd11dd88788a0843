import { typeOf } from './event.js'

/** An event that does not belong to vodflow, as received: from VOD, in any format, or from another product. It has not been checked. */
export interface ForeignEvent {
  /** `EventType`, or `eventType` of format 2.0. Empty if the event names none. */
  readonly EventType: string
  /** The parsed body, of any shape. Undefined if the body is not JSON. */
  readonly json: unknown
  /** The bytes as received. For a pulled event, its JSON without the EventHandle. */
  readonly body: Uint8Array
  /** The header as received. */
  readonly contentType: string
  /** The header as received, unless `body` is plain: a proxy may have decompressed it and kept the header. */
  readonly contentEncoding?: string
}

/** Makes a foreign event of a pulled event, which is parsed already. */
export function pulledEvent(json: unknown): ForeignEvent {
  return {
    EventType: typeOf(json),
    json,
    body: Buffer.from(JSON.stringify(json)),
    contentType: 'application/json',
  }
}
