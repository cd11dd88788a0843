/** Cancels a timer that has not fired. */
export type CancelTimer = () => void

interface Timer {
  readonly at: number
  readonly fire: () => void
}

/**
 * The local VOD's time. It follows the machine's clock, or stands still when `frozen`, and can be set and
 * advanced: windows of days pass in a test at once. What ffmpeg and sockets take is real time all the same.
 */
export class Clock {
  readonly #frozen: boolean
  #offset = 0
  #frozenAt: number
  readonly #timers = new Set<Timer>()
  #wakeUp: NodeJS.Timeout | undefined

  constructor({ frozen = false, at }: { frozen?: boolean; at?: number } = {}) {
    this.#frozen = frozen
    this.#frozenAt = at ?? Date.now()
    if (at !== undefined && !frozen) this.#offset = at - Date.now()
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#frozen ? this.#frozenAt : Date.now() + this.#offset
  }

  /** Sets the time, forward or back, and fires what has become due, in order. */
  set(at: number): void {
    if (this.#frozen) this.#frozenAt = at
    else this.#offset = at - Date.now()
    this.#fireDue()
  }

  /** Moves the time on, ms: what falls due meanwhile happens, in its order. */
  advance(ms: number): void {
    this.set(this.now() + ms)
  }

  /** Lets something happen in so many ms of this clock. */
  after(ms: number, fire: () => void): CancelTimer {
    const timer: Timer = { at: this.now() + ms, fire }
    this.#timers.add(timer)
    this.#schedule()
    return () => void this.#timers.delete(timer)
  }

  /** Resolves after `ms` of this clock; at once when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const cancel = this.after(ms, () => {
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

  /** When the next thing is due; undefined when nothing is. */
  next(): number | undefined {
    return this.#timers.size === 0 ? undefined : Math.min(...[...this.#timers].map(({ at }) => at))
  }

  /** Forgets everything that is due. */
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

  /** Node's timers take 24 days at most, so a far one is looked at again then. */
  #schedule(): void {
    clearTimeout(this.#wakeUp)
    if (this.#frozen || this.#timers.size === 0) return
    const wait = Math.min(Math.max(0, (this.next() ?? 0) - this.now()), 2 ** 31 - 1)
    this.#wakeUp = setTimeout(() => this.#fireDue(), wait)
  }
}
