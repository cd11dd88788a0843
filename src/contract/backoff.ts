/** Waits that double with each failure, in ms. */
export interface Backoff {
  readonly first: number
  readonly most: number
}

/** @param failures - the number of consecutive failures before the current one */
export function backoffMs({ first, most }: Backoff, failures: number): number {
  return Math.min(most, first * 2 ** failures)
}

/** Returns 50 to 100 percent of the wait, so that callers that failed together do not retry together. */
export function spreadBackoffMs(backoff: Backoff, failures: number): number {
  return backoffMs(backoff, failures) * (0.5 + Math.random() / 2)
}
