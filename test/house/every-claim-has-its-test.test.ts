import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../support/binary.js'

it('each line of the threat model names a test that is there', async () => {
  const page = await readFile(join(root, 'docs/security.md'), 'utf8')
  const [, table = ''] =
    /\| Who \| What holds \| Shown by \|\n\|---\|---\|---\|\n((?:\|.*\n)+)/.exec(page) ?? []
  const claims = table.trim().split('\n')
  expect(claims.length).toBeGreaterThan(15)
  for (const claim of claims) {
    const tests = [...claim.matchAll(/\]\(\.\.\/(test\/[^)]+\.test\.ts)\)/g)].map(([, path = '']) => path)
    expect(tests.length, claim).toBeGreaterThan(0)
    expect(tests.filter((path) => !existsSync(join(root, path)))).toEqual([])
  }
})
