import type { Duration, InMs } from './duration.js'
import { hour, minute, second, shownMs } from './time.js'

/**
 * The delays of a step that differ from the defaults. Shorten them for tests.
 */
export interface StepDelays {
  /**
   * The times at which the step reads its own tasks without a hint, counted from VOD's CreateTime.
   * They are the third net under a lost callback. Default 6, 12, 24, 48 and 70 hours, because VOD shows a task for 72.
   */
  readonly looks?: readonly Duration[] | undefined
  /**
   * The looks while a task is open that VOD does not list, so that no sweep can send a hint. Default 1, 3, 10 and 30 minutes, 1 and 3
   * hours, then the defaults of `looks`.
   */
  readonly unlistedLooks?: readonly Duration[] | undefined
  /** The share by which each look is moved earlier or later, so that runs that started together do not read together. Default 0.1. */
  readonly lookJitter?: number | undefined
  /**
   * The waits before one look for many events, if there are too many to read a task for each, e.g. because of a leaked token. The last wait
   * repeats. The waits are longer in proportion if more than two tasks are open. Default 3, 6, 12, 24 and 30 minutes.
   */
  readonly crowded?: readonly Duration[] | undefined
  /** The waits between reads if no event can arrive. The last one repeats. Default 3 s, growing to 10 min. */
  readonly polls?: readonly Duration[] | undefined
  /** The waits before a read is repeated that does not show the end that an event announced. Default 2, 5 and 15 s. */
  readonly lag?: readonly Duration[] | undefined
  /**
   * The waits before a request is sent again after a refusal whose reason passes by itself, such as a file that was just uploaded or
   * keys that are being rotated. Default 1, 2, 4 and 8 s. After the last one, the refusal ends the run.
   */
  readonly refusals?: readonly Duration[] | undefined
  /** The waits between listings in a search for a duplicate's tasks. The last one repeats. Default 15, 30 and 60 s. */
  readonly listings?: readonly Duration[] | undefined
  /** The time limit for a search for a duplicate's tasks. After it, the outcome is `unknown`. Default 10 min. */
  readonly listingsGiveUp?: Duration | undefined
  /** The age of a task at which VOD stops showing it. Default 72 h. */
  readonly overdue?: Duration | undefined
  /** The age of a task at which the step stops waiting and ends `unknown`. Default 7 days. */
  readonly giveUp?: Duration | undefined
  /**
   * The time within which a canceled step ends. It waits for a pending submit and for the listing of an unanswered one during two thirds of
   * it, and then for aborts and reads. A detached step waits as long for a pending submit. Default 2 min.
   */
  readonly cancelGrace?: Duration | undefined
}

/** Every delay of a step, in milliseconds. */
export type StepDelaysInMs = InMs<StepDelays>

export const defaultDelays: StepDelaysInMs = {
  looks: [6 * hour, 12 * hour, 24 * hour, 48 * hour, 70 * hour],
  unlistedLooks: [
    ...[1, 3, 10, 30, 60, 180].map((m) => m * minute),
    ...[6, 12, 24, 48, 70].map((h) => h * hour),
  ],
  lookJitter: 0.1,
  crowded: [3, 6, 12, 24, 30].map((m) => m * minute),
  polls: [3, 5, 10, 20, 40, 60, 120, 300, 600].map((s) => s * second),
  lag: [2 * second, 5 * second, 15 * second],
  refusals: [1, 2, 4, 8].map((s) => s * second),
  listings: [15 * second, 30 * second, 60 * second],
  listingsGiveUp: 10 * minute,
  overdue: shownMs,
  giveUp: 7 * 24 * hour,
  cancelGrace: 2 * minute,
}
