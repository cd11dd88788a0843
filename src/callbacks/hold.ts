import { setTimeout as sleep } from 'node:timers/promises'
import { within } from '../contract/within.js'

export interface HoldOptions {
  /** The most requests that are held at the same time. */
  readonly max: number
  /** A request counts as held from its first failure, or from this time after its start, ms. */
  readonly afterMs: number
  /** Time after its start at which a request is given up, ms. */
  readonly untilMs: number
  /** Pause between two attempts, ms. */
  readonly retryMs: number
}

/** `late`: no attempt succeeded in time. `full`: too many requests were held already. */
export type HoldResult<T> =
  | { readonly result: T }
  | { readonly gaveUp: 'late' | 'full'; readonly problem: string }

type AttemptResult<T> = { readonly result: T } | { readonly problem: string }

/** Retries until a little after VOD's own timeout, so that VOD sends the event again. */
export class Holds {
  readonly #options: HoldOptions
  #held = 0

  constructor(options: HoldOptions) {
    this.#options = options
  }

  async until<T>(attempt: () => Promise<T>): Promise<HoldResult<T>> {
    const { max, afterMs, untilMs } = this.#options
    const start = performance.now()
    const first = tryOnce(attempt)
    const quick = await within(afterMs, first).catch(() => slow)
    if ('result' in quick) return quick
    if (this.#held >= max) return { gaveUp: 'full', problem: quick.problem }
    this.#held++
    const over = new AbortController()
    try {
      const late = sleep(start + untilMs - performance.now(), slow, { signal: over.signal })
      const tried = await Promise.race([this.#keepTrying(attempt, { first, signal: over.signal }), late])
      return 'result' in tried ? tried : { gaveUp: 'late', problem: quick.problem }
    } finally {
      over.abort()
      this.#held--
    }
  }

  async #keepTrying<T>(
    attempt: () => Promise<T>,
    { first, signal }: { first: Promise<AttemptResult<T>>; signal: AbortSignal },
  ): Promise<AttemptResult<T>> {
    let tried = await first
    while (!('result' in tried) && !signal.aborted) {
      await sleep(this.#options.retryMs, undefined, { signal }).catch(() => {})
      if (!signal.aborted) tried = await tryOnce(attempt)
    }
    return tried
  }
}

const slow = { problem: 'no answer yet' } as const

async function tryOnce<T>(attempt: () => Promise<T>): Promise<AttemptResult<T>> {
  try {
    return { result: await attempt() }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}
