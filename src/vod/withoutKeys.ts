import type { SentKeys } from './credentials.js'

/** Tencent's keys have at least 32 characters. Those of a local VOD may be any word, which an answer may contain for another reason. */
const minKey = 10

/**
 * Takes the keys of the call out of a JSON value, in place: a proxy or a server may answer with the headers of the request, and an answer is
 * kept in histories and logs. Any depth is fine, because an answer may contain events of other systems.
 */
export function withoutKeys<T>(value: T, keys: SentKeys): T {
  const forms = Object.values(keys)
    .filter((key) => key.length >= minKey)
    .flatMap((key) => [key, encodeURIComponent(key)])
  const ofText = (text: string) => forms.reduce((rest, form) => rest.replaceAll(form, '[redacted]'), text)
  const root = { value }
  const holders: Holder[] = [root]
  const seen = new Set<Holder>()
  for (let holder = holders.pop(); holder; holder = holders.pop()) {
    if (seen.has(holder)) continue
    seen.add(holder)
    holders.push(...replaceIn(holder, ofText))
  }
  return root.value
}

type Holder = Record<string, unknown>

/** @returns the members that have members of their own. */
function replaceIn(holder: Holder, ofText: (text: string) => string): Holder[] {
  return Object.entries(holder).flatMap(([name, member]) => {
    const shown = typeof member === 'string' ? ofText(member) : member
    const shownName = ofText(name)
    if (shownName !== name) delete holder[name]
    if (shownName !== name || shown !== member) holder[shownName] = shown
    return typeof shown === 'object' && shown !== null ? [shown as Holder] : []
  })
}
