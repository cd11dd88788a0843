import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { bundleMark, version } from '../../src/contract/version.js'
import { pluginName } from '../../src/worker/pluginOptions.js'

it('vodflow says the version that npm has', async () => {
  const manifest = new URL('../../package.json', import.meta.url)
  expect(JSON.parse(await readFile(manifest, 'utf8')).version).toBe(version)
  expect(bundleMark).toBe(`${pluginName}@${version}`)
})
