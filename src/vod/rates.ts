/** What shares one of VOD's rate limits. */
export type RateClass = 'submit' | 'read' | 'slow'

/** Calls per second. VOD allows 100 (20 for the slow ones) for each action of an account; recovery and people need the rest. */
export const callsPerSecond: Readonly<Record<RateClass, number>> = { submit: 80, read: 80, slow: 15 }

/** Each has a queue of its own. */
export const rates = Object.keys(callsPerSecond) as readonly RateClass[]
