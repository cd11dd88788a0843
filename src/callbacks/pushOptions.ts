import type { MacKeys } from '../contract/seal/macKeys.js'
import type { Deliver } from './deliver.js'
import type { ForeignEvent } from './foreignEvent.js'
import type { Logger } from './logger.js'

/** What the push handler needs. */
export interface PushHandlerOptions {
  /** The same keys as the worker's; no Tencent key is needed here. */
  readonly keys: MacKeys
  /** Usually {@link createDelivery}. One that does not settle within 2.5 s is tried again. */
  readonly deliver: Deliver
  /**
   * The SignKey of ModifyEventConfig. An event of a type of VOD's without a good Sign is then refused and not passed on, unless it has
   * a valid token: a hint cannot harm, so that is delivered and the Sign only counted. What is no event of VOD has no Sign of VOD, and
   * is passed on.
   */
  readonly signKey?: string
  /**
   * Gets everything that is not ours, whatever its shape: a sub-app has one callback address. Its failure is logged and counted, and
   * does not change the answer.
   */
  readonly onOther?: (event: ForeignEvent) => void | Promise<void>
  /** The URL that gets everything that is not ours, byte for byte, within 3 s. http or https, no password in it. */
  readonly forwardTo?: string
  /** Default: none. */
  readonly logger?: Logger
  readonly limits?: Partial<PushLimits>
}

/** Times and sizes of the push handler. */
export interface PushLimits {
  /** Of a body, and of what it decompresses to. Default 256 KiB. VOD's events are a few KB. */
  readonly maxBytes: number
  /** A body must be here by then, ms. Default 3,000. */
  readonly readMs: number
  /** Requests held at once while Temporal does not take signals. Default 256; one more is answered 503 at once. */
  readonly maxHeld: number
  /** A delivery that has not failed is under way so long, and held from then on, ms. Default 1,000. */
  readonly heldAfterMs: number
  /** How long one is held, ms. Default 6,000: VOD sends again after 5 s without an answer, and only then. */
  readonly holdMs: number
  /**
   * The same hint within this time is one signal, ms. Default 20,000: so long a step goes on reading a task that an event has announced
   * and that does not show its end. A longer one could let a forged event swallow the true one.
   */
  readonly onceMs: number
}

export const defaultLimits: PushLimits = {
  maxBytes: 256 * 1024,
  readMs: 3_000,
  maxHeld: 256,
  heldAfterMs: 1_000,
  holdMs: 6_000,
  onceMs: 20_000,
}
