import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
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

it('each fault of docs/faults.md names tests that are there', async () => {
  const page = await readFile(join(root, 'docs/faults.md'), 'utf8')
  const [, table = ''] =
    /\| fault \| what happens \| test \|\n\|---\|---\|---\|\n((?:\|.*\n)+)/.exec(page) ?? []
  const faults = table.trim().split('\n')
  expect(faults.length).toBeGreaterThan(30)
  for (const fault of faults) {
    const tests = fault.split('|').at(-2) ?? ''
    expect(tests.trim(), fault).not.toBe('')
    for (const [, name = ''] of tests.matchAll(/`([^`]+)`/g))
      expect(await filesOf(name), name).not.toEqual([])
  }
})

/** `...` and `*` stand for the rest of a name. */
async function filesOf(name: string): Promise<string[]> {
  const folder = join(root, 'test', dirname(name))
  const [begins = ''] = basename(name).split(/\.\.\.|\*/)
  return (await readdir(folder)).filter((file) => file.endsWith('.test.ts') && file.startsWith(begins))
}
