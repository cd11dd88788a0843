import type { Duration } from '../base/duration.js'
import { msOf } from './duration.js'

/** Cancels a timer that has not fired. */
export type CancelTimer = () => void

interface Timer {
  readonly at: number
  readonly fire: () => void
}

/**
 * The clock of the local VOD. It follows the machine's clock, or stands still when `frozen`. You can set and advance it, so that days pass
 * immediately in a test. ffmpeg and sockets still take real time.
 */
export class EmulatorClock {
  readonly #frozen: boolean
  #offset = 0
  #frozenAt: number
  readonly #timers = new Set<Timer>()
  #wakeUp: NodeJS.Timeout | undefined

  constructor({ frozen = false, at }: { frozen?: boolean | undefined; at?: number | undefined } = {}) {
    this.#frozen = frozen
    this.#frozenAt = at ?? Date.now()
    if (at !== undefined && !frozen) this.#offset = at - Date.now()
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#frozen ? this.#frozenAt : Date.now() + this.#offset
  }

  /** Sets the time, forward or back, and fires the timers that are due, in order. */
  set(at: number): void {
    if (this.#frozen) this.#frozenAt = at
    else this.#offset = at - Date.now()
    this.#fireDue()
  }

  /** Advances the time and fires the timers that are due, in order. */
  advance(duration: Duration): void {
    this.set(this.now() + msOf(duration))
  }

  /** Calls `fire` after this time of this clock. */
  after(delay: Duration, fire: () => void): CancelTimer {
    const timer: Timer = { at: this.now() + msOf(delay), fire }
    this.#timers.add(timer)
    this.#schedule()
    return () => void this.#timers.delete(timer)
  }

  /** Resolves after this time of this clock, or immediately when the signal aborts. */
  sleep(duration: Duration, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const cancel = this.after(duration, () => {
        signal?.removeEventListener('abort', stop)
        resolve()
      })
      const stop = () => {
        cancel()
        resolve()
      }
      signal?.addEventListener('abort', stop, { once: true })
    })
  }

  /** Returns when the next timer is due, or undefined if there is none. */
  next(): number | undefined {
    return this.#timers.size === 0 ? undefined : Math.min(...[...this.#timers].map(({ at }) => at))
  }

  /** Removes all timers. */
  close(): void {
    clearTimeout(this.#wakeUp)
    this.#timers.clear()
  }

  #fireDue(): void {
    for (;;) {
      const [next] = [...this.#timers].sort((one, other) => one.at - other.at)
      if (!next || next.at > this.now()) break
      this.#timers.delete(next)
      next.fire()
    }
    this.#schedule()
  }

  /** Node's timers take at most 24 days, so a later one is scheduled again then. */
  #schedule(): void {
    clearTimeout(this.#wakeUp)
    if (this.#frozen || this.#timers.size === 0) return
    const wait = Math.min(Math.max(0, (this.next() ?? 0) - this.now()), 2 ** 31 - 1)
    this.#wakeUp = setTimeout(() => this.#fireDue(), wait)
  }
}
