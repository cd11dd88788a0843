/** Counts by key, for the keys that were seen last. */
export class PerStep {
  readonly #max: number
  readonly #maxKeys: number
  readonly #counts = new Map<string, number>()

  constructor({ max, maxKeys }: { readonly max: number; readonly maxKeys: number }) {
    this.#max = max
    this.#maxKeys = maxKeys
  }

  /** One more; `false` when that is more than there may be. */
  take(key: string): boolean {
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.delete(key)
    this.#counts.set(key, count)
    for (const oldest of this.#counts.keys()) {
      if (this.#counts.size <= this.#maxKeys) break
      this.#counts.delete(oldest)
    }
    return count <= this.#max
  }
}
