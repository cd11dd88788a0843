import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { repairError, repaired } from '../../src/contract/wellFormed.js'
import { manyRuns } from '../support/manyRuns.js'

const half = '\ud83c'
const plain = () =>
  fc.object({
    key: fc.string({ unit: 'binary' }),
    values: [fc.string({ unit: 'binary' }), fc.integer(), fc.constant(null), fc.uint8Array()],
    maxDepth: 2,
  })

function frozen<T>(data: T): T {
  if (typeof data === 'object' && data !== null && !ArrayBuffer.isView(data)) {
    for (const member of Object.values(data)) frozen(member)
    Object.freeze(data)
  }
  return data
}

it('text and names everywhere are well formed, also in what is frozen', () => {
  fc.assert(
    fc.property(plain(), (data) => {
      expect(JSON.stringify(repaired(frozen(data)))).not.toMatch(/\\ud[89a-f]/)
    }),
    { numRuns: manyRuns(30) },
  )
})

it('what is well formed is the same object', () => {
  const good = frozen({ name: 'a', headers: { b: new Uint8Array([1]) }, list: ['🎬', null, 1] })
  const odd = frozen({ good, [half]: half, list: [half, good] })
  expect(repaired(good)).toBe(good)
  expect(repaired(odd)).toEqual({ good, '\ufffd': '\ufffd', list: ['\ufffd', good] })
  expect((repaired(odd) as { good: object }).good).toBe(good)
})

describe('an error stays short, because Temporal reads each line of its stack in quadratic time', () => {
  it.each([
    ['a long line', ' '.repeat(900_000)],
    ['many lines', `${' '.repeat(2_000)}\n`.repeat(500)],
    ['a line that looks like a frame', ' at execute (/worker/lib/'.repeat(40_000)],
  ])('%s', (_, text) => {
    const error = new Error('outer', { cause: new TypeError(`a${text}b`) })
    const inner = error.cause as Error
    const frames = inner.stack?.split('\n').slice(-5)
    repairError(error)
    const lines = inner.stack?.split('\n') ?? []
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(500)
    expect(lines.length).toBeLessThanOrEqual(30)
    expect(lines[0]).toMatch(/^TypeError: a/)
    expect(lines.slice(-5)).toEqual(frames)
    expect(inner.message.length).toBe(10_000)
  })
})

it('bytes stay as they are', () => {
  const data = new Uint8Array([0xed, 0xa0, 0x80])
  expect(repaired({ data, text: half }).data).toBe(data)
})

it('members that are absent stay absent, and undefined ones undefined', () => {
  expect(repaired({ a: undefined, b: half })).toStrictEqual({ a: undefined, b: '\ufffd' })
})
