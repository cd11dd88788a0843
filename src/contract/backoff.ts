/** Waits that double from failure to failure, ms. */
export interface Backoff {
  readonly first: number
  readonly most: number
}

/** @param failures - in a row, before the one that is waited for now */
export function backoffMs({ first, most }: Backoff, failures: number): number {
  return Math.min(most, first * 2 ** failures)
}

/** The same, half to all of it: callers that failed together do not come back together. */
export function spreadBackoffMs(backoff: Backoff, failures: number): number {
  return backoffMs(backoff, failures) * (0.5 + Math.random() / 2)
}
