import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { allImports, root } from './imports.js'

/** Fewer lines than this are no subject of their own. */
const smallest = 13

/** Returns the small files that have one reader, which could contain them. A file without one is an entry. */
async function dust(importers: (name: string) => number): Promise<string[]> {
  const names = (await readdir(root, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.endsWith('index.ts'),
  )
  const small = await Promise.all(
    names.map(async (name) => {
      const lines = (await readFile(join(root, name), 'utf8'))
        .split('\n')
        .filter((line) => line.trim() !== '')
      return lines.length < smallest && importers(name) === 1
    }),
  )
  return names.filter((_, index) => small[index])
}

const imports = await allImports()

it('a file of fewer than 13 lines has at least two readers', async () => {
  const readersOf = (name: string) =>
    new Set(imports.filter(({ to }) => to.replace(/\.js$/, '.ts') === name).map(({ from }) => from)).size
  expect(await dust(readersOf)).toEqual([])
})

it('and would be found with one', async () => {
  expect(await dust(() => 1)).not.toEqual([])
})
