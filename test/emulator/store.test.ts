import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Store } from '../../src/emulator/store.js'
import { codeOf, startRig } from './rig.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vodflow-store-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const journal = () => join(folder, 'journal.jsonl')
const valuesOf = (name: string) => {
  const store = new Store(folder)
  const values = store.collection(name).all()
  store.close()
  return values
}

it('what was put is there again, what was removed is not', () => {
  const store = new Store(folder)
  const things = store.collection<number>('things')
  things.put('a', 1)
  things.put('b', 2)
  things.remove('a')
  store.close()
  expect(valuesOf('things')).toEqual([2])
})

it('changes that belong together are lost together when the last line is cut off', () => {
  const store = new Store(folder)
  store.collection<number>('before').put('a', 1)
  store.together(() => {
    store.collection<number>('sessions').put('s', 1)
    store.collection<number>('tasks').put('t', 1)
  })
  store.close()
  truncateSync(journal(), readFileSync(journal()).length - 5)
  expect([valuesOf('before'), valuesOf('sessions'), valuesOf('tasks')]).toEqual([[1], [], []])
})

it('a journal, with the SignKey in it, is for this user only, also one that was not', () => {
  const mode = () => statSync(journal()).mode & 0o777
  const store = new Store(folder)
  store.collection<number>('things').put('a', 1)
  store.close()
  expect(mode()).toBe(0o600)
  chmodSync(journal(), 0o644)
  writeFileSync(`${journal()}.next`, 'left by a kill', { mode: 0o644 })
  expect(valuesOf('things')).toEqual([1])
  expect(mode()).toBe(0o600)
})

it('a journal with rubbish in it is read as far as it can be', () => {
  const store = new Store(folder)
  store.collection<number>('things').put('a', 1)
  store.close()
  appendFileSync(journal(), 'rubbish\n{"x":1}\n')
  expect(valuesOf('things')).toEqual([1])
})

it('a NotificationUrl that is none is refused, and does not end the local VOD', async () => {
  const rig = await startRig()
  try {
    for (const NotificationUrl of ['http://', 'ftp://x', 'callback']) {
      expect(await codeOf(rig.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl }))).toBe(
        'InvalidParameter',
      )
    }
    expect(await rig.call('DescribeEventConfig')).toMatchObject({ NotificationUrl: '' })
  } finally {
    await rig.close()
  }
})
