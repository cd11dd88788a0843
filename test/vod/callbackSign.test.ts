import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkSign, type SignPlaces } from '../../src/vod/callbackSign.js'

const SignKey = 'mysignkey'
const T = 1767226200
const Sign = '5bd1eb25d1bddfb0a865b2a0dfa86db8'
const now = (T - 600) * 1000
const nowhere: SignPlaces = { body: {}, query: new URLSearchParams(), header: () => null }

describe('Sign', () => {
  it.each<[string, Partial<SignPlaces>]>([
    ['body', { body: { Sign, T } }],
    ['query', { query: new URLSearchParams({ Sign, T: String(T) }) }],
    ['header', { header: (name) => new Headers({ Sign, T: String(T) }).get(name) }],
  ])('is good in the %s', (_, place) => {
    expect(checkSign({ ...nowhere, ...place }, { SignKey, now })).toBe('good')
  })

  it('is taken from the body before the query, and from the query before a header', () => {
    const wrong = 'f'.repeat(32)
    const inHeader = { header: (name: string) => (name === 'Sign' ? wrong : String(T)) }
    const inQuery = { query: new URLSearchParams({ Sign, T: String(T) }), ...inHeader }
    expect(checkSign({ ...nowhere, ...inQuery }, { SignKey, now })).toBe('good')
    expect(checkSign({ ...inQuery, body: { Sign: wrong, T } }, { SignKey, now })).toBe('bad')
  })

  it('is good in capitals, which no page rules out', () => {
    expect(checkSign({ ...nowhere, body: { Sign: Sign.toUpperCase(), T } }, { SignKey, now })).toBe('good')
  })

  it('expires after its T, and not a second before', () => {
    const places = { ...nowhere, body: { Sign, T } }
    expect(checkSign(places, { SignKey, now: T * 1000 })).toBe('good')
    expect(checkSign(places, { SignKey, now: T * 1000 + 1 })).toBe('expired')
  })

  it.each<[string, Record<string, unknown>]>([
    ['another key', { Sign: createHash('md5').update(`other${T}`).digest('hex'), T }],
    ['another T', { Sign, T: T + 1 }],
    ['no T', { Sign }],
    ['too few digits', { Sign: Sign.slice(2), T }],
    ['no digits at all', { Sign: 'x', T }],
  ])('is bad with %s', (_, body) => {
    expect(checkSign({ ...nowhere, body }, { SignKey, now })).toBe('bad')
  })

  it('is bad with a T that is no number, whatever its MD5: one Sign can be extended to others without the key', () => {
    const longer = `${T}more`
    const extended = createHash('md5').update(`${SignKey}${longer}`).digest('hex')
    expect(checkSign({ ...nowhere, body: { Sign: extended, T: longer } }, { SignKey, now })).toBe('bad')
  })

  it('is bad with a T that cannot even be made text', () => {
    const body = { Sign: 'a'.repeat(32), T: { toString: null } }
    expect(checkSign({ ...nowhere, body }, { SignKey: 'k', now: 0 })).toBe('bad')
  })

  it('is absent where there is none, or none that is text', () => {
    expect(checkSign(nowhere, { SignKey, now })).toBe('absent')
    expect(checkSign({ ...nowhere, body: { Sign: 7, T } }, { SignKey, now })).toBe('absent')
  })
})
