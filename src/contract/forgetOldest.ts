/** A `Map` or a `Set`, which keep the order in which their entries were added. */
interface Entries<K> {
  readonly size: number
  keys(): Iterable<K>
  delete(key: K): unknown
}

/** Deletes the oldest entries until at most `max` are left. */
export function forgetOldest<K>(entries: Entries<K>, max: number): void {
  for (const oldest of entries.keys()) {
    if (entries.size <= max) return
    entries.delete(oldest)
  }
}
