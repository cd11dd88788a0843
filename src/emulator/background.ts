/** Work that nobody waits for but the end of the program. */
export class Background {
  readonly #stopping = new AbortController()
  readonly #running = new Set<Promise<void>>()

  /** The work must look at the signal, and leave undone what it interrupts. */
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
