/** Work in the background. Only `close` waits for it. */
export class Background {
  readonly #stopping = new AbortController()
  readonly #running = new Set<Promise<void>>()

  /** Starts work. When the signal aborts, the work must stop without finishing the current step. */
  start(work: (signal: AbortSignal) => Promise<void>): void {
    const running = work(this.#stopping.signal)
      .catch(() => {})
      .then(() => void this.#running.delete(running))
    this.#running.add(running)
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#running)
  }
}
