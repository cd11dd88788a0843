import type { SentKeys } from './credentials.js'

/** Tencent's keys have at least 32 characters. Those of a local VOD may be any word, which an answer may contain for another reason. */
const minKey = 10
/** Answers of VOD have about 10 levels. */
const maxDepth = 100

/**
 * Returns a JSON value without the keys of the call: a proxy or a server may answer with the headers of the request, and an answer is kept
 * in histories and logs. Values that are too deep are left out.
 */
export function withoutKeys<T>(value: T, keys: SentKeys): T {
  const forms = Object.values(keys)
    .filter((key) => key.length >= minKey)
    .flatMap((key) => [key, encodeURIComponent(key)])
  const ofText = (text: string) => forms.reduce((rest, form) => rest.replaceAll(form, '[redacted]'), text)
  const ofValue = (each: unknown, depth: number): unknown => {
    if (typeof each === 'string') return ofText(each)
    if (typeof each !== 'object' || each === null) return each
    if (depth === maxDepth) return null
    if (Array.isArray(each)) return each.map((item) => ofValue(item, depth + 1))
    return Object.fromEntries(
      Object.entries(each).map(([name, member]) => [ofText(name), ofValue(member, depth + 1)]),
    )
  }
  return ofValue(value, 0) as T
}
