import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAst } from 'vitest/node'
import { root } from './imports.js'

/** A node of the syntax of a file, as ESTree names it. */
export interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly regex?: { readonly pattern: string; readonly flags: string }
  readonly value?: unknown
  readonly callee?: Node & {
    readonly name?: string
    readonly object?: Node
    readonly property?: { readonly name?: string }
  }
  readonly arguments?: readonly Node[]
  /** Of a property. */
  readonly key?: { readonly name?: string; readonly value?: unknown }
}

/** What is found in every file below src. */
export async function inEveryFile<T>(find: (file: string, code: string) => readonly T[]): Promise<T[]> {
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'))
  const found = names.map(async (name) => find(name, await readFile(join(root, name), 'utf8')))
  return (await Promise.all(found)).flat()
}

/** Every node of TypeScript. */
export function nodesOf(code: string): Node[] {
  return below(parseAst(code, { lang: 'ts' }))
}

function below(tree: unknown): Node[] {
  if (typeof tree !== 'object' || tree === null) return []
  const nodes = Object.values(tree).flatMap(below)
  return 'type' in tree && 'start' in tree ? [tree as unknown as Node, ...nodes] : nodes
}
