/* Times in milliseconds. */

export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

/** The time for which VOD shows and lists a task. */
export const shownMs = 72 * hour
