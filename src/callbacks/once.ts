import { forgetOldest } from '../contract/forgetOldest.js'

/** Runs a piece of work once for each key within a time; callers in between share its result. */
export type Once<T> = (key: string, work: () => Promise<T>) => Promise<T>

export interface OnceOptions {
  /** How long a result is remembered, ms. */
  readonly forMs: number
  /** Keys remembered at most; the oldest goes first. */
  readonly maxKeys: number
}

/** What fails is not remembered: the next one tries again. */
export function createOnce<T>({ forMs, maxKeys }: OnceOptions): Once<T> {
  const known = new Map<string, { readonly until: number; readonly result: Promise<T> }>()
  return (key, work) => {
    const now = performance.now()
    const earlier = known.get(key)
    if (earlier && earlier.until > now) return earlier.result
    known.delete(key)
    const result = work()
    const entry = { until: now + forMs, result }
    known.set(key, entry)
    result.catch(() => {
      if (known.get(key) === entry) known.delete(key)
    })
    forgetOldest(known, maxKeys)
    return result
  }
}
