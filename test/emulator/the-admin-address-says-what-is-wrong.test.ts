import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { root } from '../support/binary.js'
import { type Rig, startRig } from './rig.js'

const giveDuration = 'give milliseconds, or a text such as "5 s"'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
})
afterAll(() => rig?.close())

it.each<[path: string, body: unknown, error: string]>([
  ['faults', { kind: 'slow', action: '*' }, `0.delay: is missing; ${giveDuration}`],
  ['faults', { kind: 'slow', action: '*', delay: '5' }, `0.delay: is not a duration; ${giveDuration}`],
  ['faults', { kind: 'slow', action: '*', delay: -1 }, '0.delay: is below 0; give 0 or more'],
  ['faults', { kind: 'hang', action: '*', probability: 2 }, '0.probability: is above 1; give 1 or less'],
  ['faults', { kind: 'never' }, '0.kind: is not known; give one that docs/emulator.md names'],
  ['faults', [5], '0: is a number; give an object'],
  ['faults', { kind: 'hang', action: '*', time: 1 }, '0.time: is not known; check its spelling'],
  ['switches', { listingLag: '2 min' }, 'listingLag: is above 60000; give 60000 or less'],
  ['switches', { signPlace: 'path' }, 'signPlace: is not known; give body, query or header'],
  ['switches', null, 'body: is null; give an object'],
  ['clock', {}, 'body: has no form that is taken; give one that docs/emulator.md names'],
])('%s %j', async (path, body, error) => {
  const response = await fetch(`${rig.adminUrl}/${path}`, { method: 'POST', body: JSON.stringify(body) })
  expect({ status: response.status, ...((await response.json()) as object) }).toEqual({ status: 400, error })
})

it('says all that is wrong, on a line each', async () => {
  const body = JSON.stringify({ listingLag: -1, acceptTime: 'soon' })
  const response = await fetch(`${rig.adminUrl}/switches`, { method: 'POST', body })
  const { error } = (await response.json()) as { error: string }
  expect(error.split('\n').toSorted()).toEqual([
    `acceptTime: is not a duration; ${giveDuration}`,
    'listingLag: is below 0; give 0 or more',
  ])
})

it('takes each fault as docs/emulator.md describes it', async () => {
  const page = await readFile(join(root, 'docs/emulator.md'), 'utf8')
  const [, table = ''] = page.split('| `kind` |')
  const rows = (table.split('\n\n')[0] ?? '').split('\n').filter((row) => row.startsWith('| `'))
  const names = rows.map((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name))
  expect(names).toHaveLength(12)
  const values = { action: 'none', Type: 'none', code: 'InternalError', delay: 5, body: {} }
  const faults = names.map(([kind, ...members]) => ({
    kind,
    times: 1,
    ...Object.fromEntries(members.map((name = '') => [name, values[name as keyof typeof values]])),
  }))
  const response = await fetch(`${rig.adminUrl}/faults`, { method: 'POST', body: JSON.stringify(faults) })
  expect(await response.text()).not.toContain('is missing')
  expect(response.status).toBe(200)
})
