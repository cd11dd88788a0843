import type { Duration, InMs } from './duration.js'
import { hour, minute, second, shownMs } from './time.js'

/**
 * Delays of a step that differ from the defaults. Shorten them for tests.
 */
export interface StepDelays {
  /**
   * When the step reads its own tasks without being asked, counted from VOD's CreateTime.
   * The third net under a lost callback. Default 6, 12, 24, 48 and 70 hours: VOD shows a task for 72.
   */
  readonly looks?: readonly Duration[] | undefined
  /**
   * The same while a task is open that VOD does not list, so that no sweep can hint it. Default 1, 3, 10 and 30 minutes, 1 and 3
   * hours, then as `looks`.
   */
  readonly unlistedLooks?: readonly Duration[] | undefined
  /** Each look falls this share earlier or later, so that runs started together do not read together. Default 0.1. */
  readonly lookJitter?: number | undefined
  /**
   * Waits before a look that stands for all events which are too many to be read each, as those of a leaked token are; the last one
   * repeats. Longer in proportion where more than two tasks are open. Default 3, 6, 12, 24 and 30 minutes.
   */
  readonly crowded?: readonly Duration[] | undefined
  /** Waits between reads where no event can come; the last one repeats. Default 3 s growing to 10 min. */
  readonly polls?: readonly Duration[] | undefined
  /** Waits before a read that does not yet show what an event announced is repeated. Default 2, 5 and 15 s. */
  readonly lag?: readonly Duration[] | undefined
  /**
   * Waits before a request is sent again that VOD refused for a reason that passes by itself: a file uploaded a moment ago, temporary
   * credentials that are being renewed. Default 1, 2, 4 and 8 s; then the refusal ends the run.
   */
  readonly refusals?: readonly Duration[] | undefined
  /** Waits between listings while a duplicate's tasks are searched; the last one repeats. Default 15, 30 and 60 s. */
  readonly listings?: readonly Duration[] | undefined
  /** How long a duplicate's tasks are searched before the outcome is `unknown`. Default 10 min. */
  readonly listingsGiveUp?: Duration | undefined
  /** Age of a task at which VOD no longer shows it. Default 72 h. */
  readonly overdue?: Duration | undefined
  /** Age of a task at which the step stops to listen and ends `unknown`. Default 7 days. */
  readonly giveUp?: Duration | undefined
  /**
   * How long a canceled step waits for a submit that is on the wire, and then for the listing of what a submit without an answer
   * made. Default 60 s.
   */
  readonly cancelGrace?: Duration | undefined
  /**
   * How long a new upload waits before VOD's listing is believed about the tasks that it brought and its event does not name. Default
   * 60 s: a listing may lag that long.
   */
  readonly uploadTasks?: Duration | undefined
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
  cancelGrace: 60 * second,
  uploadTasks: 60 * second,
}
