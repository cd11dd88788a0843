import fc from 'fast-check'
import { expect, it } from 'vitest'
import { repairError, repaired } from '../../src/contract/wellFormed.js'

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
    { numRuns: 30 },
  )
})

it.each([' ', '\n', 'at ', half])('an error of a megabyte of %j is said in short lines', (text) => {
  const error = new Error(text.repeat(500_000), { cause: new Error(text.repeat(500_000)) })
  repairError(error)
  for (const { message, stack = '' } of [error, error.cause as Error]) {
    expect(message.length).toBeLessThanOrEqual(10_000)
    expect(message.isWellFormed()).toBe(true)
    expect(stack.split('\n').length).toBeLessThanOrEqual(100)
    for (const line of stack.split('\n')) expect(line.length).toBeLessThanOrEqual(1_000)
  }
})

it('what is well formed is the same object', () => {
  const good = frozen({ name: 'a', headers: { b: new Uint8Array([1]) }, list: ['🎬', null, 1] })
  const odd = frozen({ good, [half]: half, list: [half, good] })
  expect(repaired(good)).toBe(good)
  expect(repaired(odd)).toEqual({ good, '\ufffd': '\ufffd', list: ['\ufffd', good] })
  expect((repaired(odd) as { good: object }).good).toBe(good)
})

it('bytes stay as they are', () => {
  const data = new Uint8Array([0xed, 0xa0, 0x80])
  expect(repaired({ data, text: half }).data).toBe(data)
})

it('members that are absent stay absent, and undefined ones undefined', () => {
  expect(repaired({ a: undefined, b: half })).toStrictEqual({ a: undefined, b: '\ufffd' })
})
