import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidInputError } from '../../src/contract/errors.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import {
  checkSessionContext,
  maxSessionContext,
  openSessionContext,
  type StepAddress,
  sealSessionContext,
  sessionContextOverhead,
} from '../../src/contract/seal/token.js'
import { manyRuns } from '../support/manyRuns.js'

const keys = parseMacKeys(`k1:${'a'.repeat(32)}`)
const someAddress: StepAddress = {
  namespace: 'default',
  account: 'default',
  SubAppId: 1500000001,
  workflowId: 'vodflow-1500000001-528-TranscodeAndSnapshot',
  chain: '01900000-0000-7000-8000-000000000000',
  SessionId: 'd2rgpcxkggvkmuqy5tl6xnkurygycdogfibqersm',
}

const anyText = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 30 }))
/** Temporal takes no other as the name of something. */
const anyName = anyText.filter((text) => text !== '' && text.isWellFormed())
const anyAddress = fc.record(
  {
    namespace: anyName,
    account: anyName,
    SubAppId: fc.integer({ min: 1, max: 2 ** 40 }),
    workflowId: anyName,
    chain: fc.oneof(fc.uuid(), fc.string({ maxLength: 20 })),
    SessionId: fc.oneof(
      fc.stringMatching(/^[a-z2-7]{40}$/),
      fc.string({ maxLength: 40, unit: 'grapheme-ascii' }),
    ),
    asked: fc.stringMatching(/^[a-z2-7]{4,64}$/),
  },
  { requiredKeys: ['namespace', 'account', 'workflowId', 'chain', 'SessionId'] },
) as fc.Arbitrary<StepAddress>

it.each([
  ['workflowId', 'a\ud800'],
  ['workflowId', ''],
  ['namespace', ''],
  ['namespace', '\udf55'],
  ['chain', '\ud83c'],
  ['account', 'a\ud83c'],
])("with a %s that Temporal cannot take, %j, it is nobody's", (field, text) => {
  const sealed = sealSessionContext({ ...someAddress, [field]: text }, keys)
  expect(openSessionContext(sealed, keys)).toEqual({ verdict: 'forged' })
})

describe('what was sealed', () => {
  it('opens to the same address and the same context, whatever characters are in them', () => {
    fc.assert(
      fc.property(anyAddress, anyText, (address, callerContext) => {
        fc.pre(callerContext.length + sessionContextOverhead(address) <= maxSessionContext)
        const opened = openSessionContext(sealSessionContext(address, keys, callerContext), keys)
        expect(opened).toEqual({ verdict: 'ours', address, callerContext })
      }),
    )
  })

  it('never opens for another address after one character of the token was altered', () => {
    const altered = fc.record({
      at: fc.nat(),
      by: fc.string({ unit: 'binary-ascii', minLength: 0, maxLength: 2 }),
    })
    fc.assert(
      fc.property(anyAddress, altered, fc.string(), (address, { at, by }, callerContext) => {
        const token = sealSessionContext(address, keys)
        const index = at % token.length
        const changed = `${token.slice(0, index)}${by}${token.slice(index + 1)}`
        const opened = openSessionContext(
          callerContext === '' ? changed : `${changed}|${callerContext}`,
          keys,
        )
        if (changed === token) expect(opened.verdict).toBe('ours')
        else if (opened.verdict === 'ours') expect(opened.address).toEqual(address)
      }),
      { numRuns: manyRuns(2_000) },
    )
  })

  it('is forged, for each single character of payload and MAC that is replaced', () => {
    const token = sealSessionContext(someAddress, keys)
    const start = 'vf1.k1.'.length
    for (let index = start; index < token.length; index++) {
      if (token[index] === '.') continue
      const other = token[index] === 'A' ? 'B' : 'A'
      const { verdict } = openSessionContext(
        `${token.slice(0, index)}${other}${token.slice(index + 1)}`,
        keys,
      )
      expect({ index, verdict }).toEqual({ index, verdict: 'forged' })
    }
  })

  it('has one spelling only: what base64 forgives is forged', () => {
    const token = sealSessionContext(someAddress, keys)
    for (const other of [`${token}=`, `${token} `, `${token.slice(0, -1)} ${token.at(-1)}`])
      expect(openSessionContext(other, keys)).toEqual({ verdict: 'forged' })
  })

  it('never changes its form: tasks that are under way carry it for days', () => {
    expect(sealSessionContext(someAddress, keys, 'mine')).toBe(
      'vf1.k1.WyJkZWZhdWx0IiwiZGVmYXVsdCIsMTUwMDAwMDAwMSwidm9kZmxvdy0xNTAwMDAwMDAxLTUyOC1UcmFuc2NvZGVBbmRTbmFwc2hvdCIsIjAxOTAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMCIsImQycmdwY3hrZ2d2a211cXk1dGw2eG5rdXJ5Z3ljZG9nZmlicWVyc20iXQ.iG9oJ3aLtT1oj1QmhtTkPQ|mine',
    )
  })
})

describe('what comes from outside', () => {
  it('opens without throwing, and is ours never', () => {
    const shaped = fc
      .array(fc.oneof(fc.string(), fc.base64String()), { minLength: 2, maxLength: 3 })
      .map((parts) => ['vf1.k1', ...parts].join('.'))
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), shaped), (text) => {
        expect(openSessionContext(text, keys).verdict).not.toBe('ours')
      }),
    )
  })

  it.each([
    ['nothing', ''],
    ["the app's own context", 'order-42'],
    ['a later version of the token', sealSessionContext(someAddress, keys).replace('vf1', 'vf2')],
    ['almost a token of a key that we do not have', 'vf1.k9.W10.1234567890123456789012'],
    ['more than VOD can have sent', `${sealSessionContext(someAddress, keys)}|${'x'.repeat(1_000)}`],
  ])('is foreign when it is %s', (_, text) => {
    expect(openSessionContext(text, keys)).toEqual({ verdict: 'foreign' })
  })

  it('is foreign and says whose it is when it is a token of a key that we do not have', () => {
    const text = sealSessionContext(someAddress, parseMacKeys(`k9:${'b'.repeat(32)}`))
    expect(openSessionContext(text, keys)).toEqual({ verdict: 'foreign', unknownKey: 'k9' })
  })

  it("is forged when it names a key of ours and has another key's MAC", () => {
    const imposter = parseMacKeys(`k1:${'b'.repeat(32)}`)
    expect(openSessionContext(sealSessionContext(someAddress, imposter), keys)).toEqual({ verdict: 'forged' })
  })
})

describe('keys that rotate', () => {
  const old = `k1:${'a'.repeat(32)}`
  const fresh = `k2:${'b'.repeat(32)}`

  it('open what the old one sealed while both verify, and not when it is gone', () => {
    const sealedBefore = sealSessionContext(someAddress, parseMacKeys(old))
    expect(openSessionContext(sealedBefore, parseMacKeys(`${fresh},${old}`)).verdict).toBe('ours')
    expect(openSessionContext(sealedBefore, parseMacKeys(fresh)).verdict).toBe('foreign')
  })

  it('are known to verifiers before a signer takes the new one', () => {
    const sealedAfter = sealSessionContext(someAddress, parseMacKeys(`${fresh},${old}`))
    expect(openSessionContext(sealedAfter, parseMacKeys(`${old},${fresh}`)).verdict).toBe('ours')
  })
})

describe('room for the context of the caller', () => {
  it('is never promised where there is none', () => {
    const keyId = fc.stringMatching(/^[A-Za-z0-9]{1,8}$/)
    fc.assert(
      fc.property(anyAddress, keyId, (address, id) => {
        const sealed = sealSessionContext(address, parseMacKeys(`${id}:${'a'.repeat(32)}`), 'x')
        expect(sealed.length - 1).toBeLessThanOrEqual(sessionContextOverhead(address))
      }),
    )
  })

  it('is used up to the last character that was promised', () => {
    const room = maxSessionContext - sessionContextOverhead(someAddress)
    const longestKeyId = parseMacKeys(`k2345678:${'a'.repeat(32)}`)
    expect(() => checkSessionContext('x'.repeat(room), someAddress)).not.toThrow()
    expect(sealSessionContext(someAddress, longestKeyId, 'x'.repeat(room)).length).toBeLessThanOrEqual(
      maxSessionContext,
    )
    expect(() => checkSessionContext('x'.repeat(room + 1), someAddress)).toThrow(
      /^SessionContext: has \d+ characters, but the token of this run leaves only \d+ of VOD's 1000; shorten it/,
    )
  })

  it('is refused with the remedy when the workflow id leaves none at all', () => {
    const long = { ...someAddress, workflowId: 'w'.repeat(900) }
    expect(() => checkSessionContext('', long)).toThrow(/leave it out, and use a shorter workflowId/)
    expect(() => sealSessionContext(long, keys, 'x')).toThrow(InvalidInputError)
  })
})
