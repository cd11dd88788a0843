import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { wrongIn } from '../../scripts/lock.js'
import { root } from '../support/binary.js'

it.each(['package-lock.json', 'site/package-lock.json'])(
  'every package of %s has a sha512, and comes from the registry',
  async (path) => {
    const lock = JSON.parse(await readFile(join(root, path), 'utf8'))
    expect(Object.keys(lock.packages).length).toBeGreaterThan(100)
    expect(wrongIn(lock)).toEqual([])
  },
)

it('one without, and one from elsewhere, are found', () => {
  const packages = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { integrity: 'sha512-x', resolved: 'git+ssh://git@example.com/b.git' },
    'node_modules/c': { integrity: 'sha512-x' },
  }
  expect(wrongIn({ packages })).toHaveLength(2)
})
