import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../support/binary.js'

/** A file or a folder, by its path from the root of the repository. */
const pathLike = /^\.?[\w-]+(\/[\w.-]+)+\/?$|^[\w.-]+\.(ts|mjs|json|md|sh|yml|yaml)$/

function pathsIn(page: string): string[] {
  const prose = page.replaceAll(/^```.*?^```/gms, '')
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text)
  return spans.filter((text) => pathLike.test(text) && !text.startsWith('vodflow/'))
}

const missing = (paths: readonly string[]) => paths.filter((path) => !existsSync(join(root, path)))

describe.each(['CONTRIBUTING.md', 'docs/architecture.md'])('%s', async (page) => {
  const paths = pathsIn(await readFile(join(root, page), 'utf8'))

  it('names files', () => expect(paths.length).toBeGreaterThan(15))

  it('names only files that exist, by their whole path', () => expect(missing(paths)).toEqual([]))
})

it('a file that was moved would be found, and names of other things are not looked for', () => {
  const page =
    'See `src/vod/coffee.ts` and `coffee.ts`, not `vodflow/worker`, `.submit`, `a.b` or `make test`.'
  expect(missing(pathsIn(page))).toEqual(['src/vod/coffee.ts', 'coffee.ts'])
})
