import type { Duration, InMs } from '../contract/duration.js'
import type { MacKeys } from '../contract/seal/macKeys.js'
import type { DeliverEvent } from './deliver.js'
import type { ForeignEvent } from './foreignEvent.js'
import type { EventLogger } from './logger.js'

/** Options of {@link createPushHandler}. */
export interface PushHandlerOptions {
  /** The same keys as the worker's; no Tencent key is needed here. */
  readonly keys: MacKeys
  /** Usually {@link createDelivery}. A delivery that does not settle within 2.5 s is retried. */
  readonly deliver: DeliverEvent
  /**
   * The SignKey of ModifyEventConfig. If it is set, an event of a VOD type without a valid Sign is refused and not passed on. An event
   * with a valid token is delivered even then, because a hint can do no harm, and its Sign is only counted. An event of another product
   * has no Sign of VOD, and is passed on.
   */
  readonly signKey?: string | undefined
  /**
   * Gets every event that does not belong to vodflow, of any shape, because a sub-app has only one callback address. Its failure is logged
   * and counted, and does not change the answer.
   */
  readonly onOther?: ((event: ForeignEvent) => void | Promise<void>) | undefined
  /** The http or https URL that gets every foreign event, byte for byte, within 3 s. It must not contain a password. */
  readonly forwardTo?: string | undefined
  /** Default: none. */
  readonly logger?: EventLogger | undefined
  /** Times and sizes that differ from the defaults. */
  readonly limits?: PushLimits | undefined
}

/** Times and sizes of the push handler. */
export interface PushLimits {
  /** Maximum size of a body, as received and decompressed. Default 256 KiB. VOD's events are a few KB. */
  readonly maxBytes?: number | undefined
  /** Time within which a body must arrive. Default 3 s. */
  readonly bodyTimeout?: Duration | undefined
  /** Number of requests that are held while Temporal does not take signals. Default 256; further ones get 503 immediately. */
  readonly maxHeld?: number | undefined
  /** Time after which a delivery that has not failed counts as held. Default 1 s. */
  readonly holdAfter?: Duration | undefined
  /** Time for which a request is held. Default 6 s: VOD sends an event again only after 5 s without an answer. */
  readonly holdTimeout?: Duration | undefined
  /**
   * Time within which equal hints become one signal. Default 20 s: for that time, a step keeps reading a task whose end was announced
   * but does not show yet. A longer time could let a forged event suppress the real one.
   */
  readonly deduplicationWindow?: Duration | undefined
}

export const defaultLimits: InMs<PushLimits> = {
  maxBytes: 256 * 1024,
  bodyTimeout: 3_000,
  maxHeld: 256,
  holdAfter: 1_000,
  holdTimeout: 6_000,
  deduplicationWindow: 20_000,
}
