/** What shares one of VOD's rate limits. */
export type RateClass = 'submit' | 'read' | 'slow' | 'abort'

/**
 * Calls per second. VOD allows 100 (20 for the slow ones and aborts) for each action of an account; recovery and people need the rest.
 */
export const callsPerSecond: Readonly<Record<RateClass, number>> = {
  submit: 80,
  read: 80,
  slow: 15,
  abort: 15,
}

/** Each has a queue of its own. */
export const rates = Object.keys(callsPerSecond) as readonly RateClass[]

/** Those in which everything waits that makes VOD work, and bill. An operator can stop them while reads and aborts go on. */
export const submitting: readonly RateClass[] = ['submit', 'slow']
