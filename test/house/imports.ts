import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../src/', import.meta.url))

/** One import of a source file. */
export interface Import {
  /** Path below src. */
  readonly from: string
  /** Path below src, or the name of a package. */
  readonly to: string
  /** Only types: gone at run time. */
  readonly typeOnly: boolean
}

const statement = /^(?:import|export)\s+(?:(type)\s+)?([^'"]*?)\s*(?:from\s+)?['"]([^'"]+)['"]/gm
/** An optional peer: `loadPeer<typeof import('x')>('vodflow/worker', 'x')`. */
const loadedPeer = /\bloadPeer<[^>]+>\(\s*'[^']+',\s*'([^']+)'/g
const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** Every import of every file below src. */
export async function allImports(): Promise<Import[]> {
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'))
  const files = names.map(async (name) => importsOf(name, await readFile(join(root, name), 'utf8')))
  return (await Promise.all(files)).flat()
}

export function importsOf(from: string, code: string): Import[] {
  const statics = [...code.matchAll(statement)].map(([, type, names = '', to = '']) => ({
    from,
    to: resolve(from, to),
    typeOnly: type === 'type' || allTypes(names),
  }))
  // `import('x')` in a type position is a type; in a statement it is awaited.
  const dynamics = [...code.matchAll(dynamic)].map(([, to = '']) => ({
    from,
    to: resolve(from, to),
    typeOnly: !code.includes(`await import('${to}')`),
  }))
  const peers = [...code.matchAll(loadedPeer)].map(([, to = '']) => ({ from, to, typeOnly: false }))
  return [...statics, ...dynamics, ...peers]
}

/** `{ type A, type B }` */
function allTypes(names: string): boolean {
  const inner = /^\{([\s\S]*)\}$/.exec(names.trim())?.[1]
  const each = inner
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return each !== undefined && each.length > 0 && each.every((name) => name.startsWith('type '))
}

function resolve(from: string, to: string): string {
  if (!to.startsWith('.')) return to
  return normalize(join(dirname(from), to)).replace(/\.js$/, '.ts')
}

/** Rooms within rooms. */
const inner = ['contract/parse', 'contract/seal']

/** The first folder: a room of the house. Packages are in none. A file next to the rooms is a room of its own, which has no rules. */
export function roomOf(path: string): string {
  if (!path.endsWith('.ts')) return ''
  return inner.find((room) => path.startsWith(`${room}/`)) ?? (path.split('/')[0] as string)
}

/** Everything that is loaded at run time when one of these files is. */
export function reachableFrom(starts: readonly string[], imports: readonly Import[]): Set<string> {
  const reached = new Set<string>()
  const open = [...starts]
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (reached.has(file)) continue
    reached.add(file)
    open.push(...imports.filter((one) => one.from === file && !one.typeOnly).map((one) => one.to))
  }
  return reached
}

export const show = ({ from, to }: Import) => `${relative('.', from)} -> ${to}`
