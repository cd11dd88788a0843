/** A class of actions with the same rate limit. */
export type RateClass = 'submit' | 'read' | 'slow' | 'abort'

/**
 * Calls per second. VOD allows 100 (20 for slow actions and aborts) for each action of an account. Recovery and people need the rest.
 */
export const callsPerSecond: Readonly<Record<RateClass, number>> = {
  submit: 80,
  read: 80,
  slow: 15,
  abort: 15,
}

/** The rate classes. Each has its own queue. */
export const rates = Object.keys(callsPerSecond) as readonly RateClass[]

/** The classes of all actions that start billed work. An operator can stop them while reads and aborts continue. */
export const submitting: readonly RateClass[] = ['submit', 'slow']
