import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sessionIdFor } from '../../src/vod/sessionId.js'

const address = fc.record({ chain: fc.string(), key: fc.string(), attempt: fc.integer({ min: 1, max: 999 }) })

it('is 40 characters that every part of VOD takes, whatever it is made from', () => {
  fc.assert(fc.property(address, (given) => /^[a-z2-7]{40}$/.test(sessionIdFor(given))))
})

it('is the same for the same address and another for any other', () => {
  fc.assert(
    fc.property(address, address, (one, other) => {
      const same = one.chain === other.chain && one.key === other.key && one.attempt === other.attempt
      expect(sessionIdFor({ ...one })).toBe(sessionIdFor(one))
      expect(sessionIdFor(one) === sessionIdFor(other)).toBe(same)
    }),
  )
})

it('never changes: a changed SessionId would pay twice for every run that is under way', () => {
  const chain = '01900000-0000-7000-8000-000000000000'
  expect(sessionIdFor({ chain, key: '0/528/TranscodeAndSnapshot', attempt: 1 })).toBe(
    'd2rgpcxkggvkmuqy5tl6xnkurygycdogfibqersm',
  )
})
