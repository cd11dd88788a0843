import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidInputError } from '../../src/contract/errors.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'

const secret = 'correct-horse-battery-staple-0123'

describe('MAC keys', () => {
  it('sign with the first and verify with all', () => {
    const keys = parseMacKeys(`k2:${secret}2, k1:${secret}1`)
    expect(keys.sign).toEqual({ id: 'k2', secret: `${secret}2` })
    expect(keys.verify.map(({ id }) => id)).toEqual(['k2', 'k1'])
  })

  it('may have a colon in the secret', () => {
    expect(parseMacKeys(`k1:a:${secret}`).sign.secret).toBe(`a:${secret}`)
  })

  it.each([
    ['nothing', undefined, 'is missing'],
    ['an empty text', '', 'is missing'],
    ['no id', secret, 'has no colon between id and secret in entry 1'],
    ['a comma at the end', `k1:${secret},`, 'has no colon between id and secret in entry 2'],
    ['an empty id', `:${secret}`, 'has an id that is not 1 to 8 letters or digits in entry 1'],
    ['an id that is too long', `k12345678:${secret}`, 'has an id that is not 1 to 8'],
    ['an id that would end the token', `k.1:${secret}`, 'has an id that is not 1 to 8'],
    [
      'a short secret',
      `k1:${'x'.repeat(31)}`,
      'needs at least 32 characters in the secret of "k1", which has 31',
    ],
    ['a semicolon between two', `k2:${secret};k1:${secret}`, 'has no comma between two keys in entry 1'],
    ['a blank between two', `k2:${secret} k1:${secret}`, 'has no comma between two keys in entry 1'],
    ['the same id twice', `k1:${secret}1,k1:${secret}2`, 'has the key id "k1" twice'],
  ])('are refused with %s', (_, text, problem) => {
    expect(() => parseMacKeys(text)).toThrow(InvalidInputError)
    expect(() => parseMacKeys(text)).toThrow(`VODFLOW_MAC_KEYS: ${problem}`)
    expect(() => parseMacKeys(text)).toThrow(/; set it to "k1:<at least 32 random characters>"/)
  })

  it.each([[['k1:x']], [{ sign: 'x' }], [5], [true], [null]])('are refused as %j', (given) => {
    expect(() => parseMacKeys(given as never)).toThrow('VODFLOW_MAC_KEYS: is not text; set it to "k1:')
  })

  it('never show a secret in an error', () => {
    const wrong = fc.constantFrom(
      (given: string) => given,
      (given: string) => `:${given}`,
      (given: string) => `much-too-long:${given}`,
      (given: string) => `k1:${given.slice(0, 31)}`,
      (given: string) => `k1:${given},k1:${given}`,
    )
    fc.assert(
      fc.property(fc.stringMatching(/^[a-f0-9]{64}$/), wrong, (given, make) => {
        const message = problemOf(make(given))
        expect(message).toContain('VODFLOW_MAC_KEYS')
        expect(message).not.toContain(given.slice(0, 8))
      }),
    )
  })
})

function problemOf(text: string): string {
  try {
    parseMacKeys(text)
    return 'nothing was refused'
  } catch (error) {
    return (error as Error).message
  }
}
