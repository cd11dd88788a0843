import { setTimeout as sleep } from 'node:timers/promises'

export interface HoldOptions {
  /** Requests held at once at most. */
  readonly max: number
  /** VOD sends again only when it gets no answer within 5 s: so long a request must be held, ms. */
  readonly untilMs: number
  /** Between two tries, ms. */
  readonly retryMs: number
}

/** Keeps trying while VOD's patience lasts, then a little longer, so that VOD sends again. */
export class Holds {
  readonly #options: HoldOptions
  #held = 0

  constructor(options: HoldOptions) {
    this.#options = options
  }

  get held(): number {
    return this.#held
  }

  /** @returns the result, or undefined when none came in time or too many are held already. */
  async until<T>(attempt: () => Promise<T>): Promise<T | undefined> {
    const { max, untilMs, retryMs } = this.#options
    if (this.#held >= max) return undefined
    this.#held++
    const over = new AbortController()
    try {
      return await Promise.race([
        this.#tryUntilOver(attempt, { retryMs, signal: over.signal }),
        sleep(untilMs, undefined, { signal: over.signal }),
      ])
    } finally {
      over.abort()
      this.#held--
    }
  }

  async #tryUntilOver<T>(
    attempt: () => Promise<T>,
    { retryMs, signal }: { retryMs: number; signal: AbortSignal },
  ): Promise<T | undefined> {
    while (!signal.aborted) {
      try {
        return await attempt()
      } catch {
        await sleep(retryMs, undefined, { signal }).catch(() => {})
      }
    }
    return undefined
  }
}
