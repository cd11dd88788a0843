import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { knownVariables, unknownVariables } from '../../src/operate/variables.js'
import { root } from '../support/binary.js'

const read =
  /(?:env\.|env\[')(VODFLOW_\w+)|env\('(VODFLOW_\w+)'\)|secretIn\(\s*process\.env, '(VODFLOW_\w+)'/g

it('every variable that the code reads is known', async () => {
  const files = (await readdir(join(root, 'src'), { recursive: true })).filter((name) => name.endsWith('.ts'))
  const texts = await Promise.all(files.map((name) => readFile(join(root, 'src', name), 'utf8')))
  const names = texts.flatMap((text) => [...text.matchAll(read)].map((found) => found.slice(1).find(Boolean)))
  expect(names).toContain('VODFLOW_LOG_LEVEL')
  expect(
    names.filter((name) => name !== undefined && !(knownVariables as readonly string[]).includes(name)),
  ).toEqual([])
})

it('those of others and of Kubernetes are not reported', () => {
  const env = Object.fromEntries(
    ['PATH', 'VODFLOW_MAC_KEYS', 'VODFLOW_PORT', 'VODFLOW_SERVICE_PORT_HTTP', 'VODFLOW_MACKEYS'].map(
      (name) => [name, 'x'],
    ),
  )
  expect(unknownVariables(env)).toEqual(['VODFLOW_MACKEYS'])
})
