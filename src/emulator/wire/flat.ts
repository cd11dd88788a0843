type Tree = { [name: string]: Tree | string }

/** Names whose values are numbers, because GET and forms contain only text. */
const numbers = new Set([
  'SubAppId',
  'TasksPriority',
  'Limit',
  'Offset',
  'Definition',
  'PositionValue',
  'ClassId',
  'StartTimeOffset',
  'EndTimeOffset',
])

/** Turns `A.0.B=1` of GET and forms into `{ A: [{ B: 1 }] }`. */
export function unflatten(params: readonly (readonly [string, string])[]): Record<string, unknown> {
  const tree: Tree = {}
  for (const [path, value] of params) {
    const names = path.split('.')
    const last = names.pop() as string
    let at = tree
    for (const name of names) {
      if (typeof at[name] !== 'object') at[name] = {}
      at = at[name] as Tree
    }
    at[last] = value
  }
  return settle(tree, '') as Record<string, unknown>
}

function settle(node: Tree | string, name: string): unknown {
  if (typeof node === 'string') return numbers.has(name) && node !== '' ? Number(node) : node
  const names = Object.keys(node)
  const inner = names.map(
    (key) => [key, settle(node[key] as Tree | string, /^\d+$/.test(key) ? name : key)] as const,
  )
  const isList = names.length > 0 && names.every((key) => /^\d+$/.test(key))
  return isList
    ? inner.sort(([one], [other]) => Number(one) - Number(other)).map(([, value]) => value)
    : Object.fromEntries(inner)
}
