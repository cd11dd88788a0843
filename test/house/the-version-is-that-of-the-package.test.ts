import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { version } from '../../src/contract/version.js'

it('vodflow says the version that npm has', async () => {
  const manifest = new URL('../../package.json', import.meta.url)
  expect(JSON.parse(await readFile(manifest, 'utf8')).version).toBe(version)
})
