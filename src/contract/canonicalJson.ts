/**
 * Returns JSON that is independent of the order of members. Undefined members are omitted. A `bigint`, a `Map` and a `Set` are not JSON,
 * but a payload converter may support them, so their contents count.
 *
 * @throws TypeError if a value contains itself.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part) => {
    if (typeof part === 'bigint') return `${part}n`
    if (part instanceof Map || part instanceof Set) return [...part].map(canonicalJson).sort()
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
