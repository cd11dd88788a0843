/**
 * JSON in which the order of members does not matter. Members that are undefined are left out. A `bigint`, a `Map` and a `Set`, which
 * JSON cannot say and a payload converter may, differ where their contents differ.
 *
 * @throws TypeError when a value contains itself.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part) => {
    if (typeof part === 'bigint') return `${part}n`
    if (part instanceof Map || part instanceof Set) return [...part].map(canonicalJson).sort()
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
