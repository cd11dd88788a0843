import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../src/contract/canonicalJson.js'
import { defaultKey } from '../../src/contract/defaultKey.js'
import { differingFields, fingerprintOf } from '../../src/contract/fingerprint.js'
import { maxSourceContext } from '../../src/contract/patterns.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import { markedSource, markOf, sourceMarkLength } from '../../src/contract/seal/sourceMark.js'
import { betterWayThan, isAllowedByDefault, syncKindOf } from '../../src/contract/syncActions.js'

describe('the key of a step that was given none', () => {
  it('goes into the SessionId, so it never changes', () => {
    expect(defaultKey('ProcessMediaByProcedure', { SubAppId: 1, FileId: '528', ProcedureName: 'two' })).toBe(
      '1/528/two',
    )
    expect(defaultKey('PullUpload', { MediaUrl: 'https://example.com/a.mp4' })).toBe(
      'PullUpload/j3abxkvbzbbi6htvjvojakqu3h',
    )
  })

  it('tells a path from the name after it', () => {
    const keys = [
      ['/v/x', 'One'],
      ['/v', 'x/One'],
      ['/v/x/One', ''],
    ].map(([MediaStoragePath, ProcedureName]) =>
      defaultKey('ProcessMediaByProcedure', { MediaStoragePath, ProcedureName }),
    )
    expect(new Set(keys).size).toBe(3)
  })

  it('holds no part of a URL', () => {
    expect(defaultKey('PullUpload', { MediaUrl: 'https://example.com/a.mp4?sign=secret' })).not.toMatch(
      /secret|example/,
    )
  })

  it('is the same for the same work, in whatever order and with whatever context', () => {
    const one = defaultKey('EditMedia', {
      InputType: 'File',
      FileInfos: [{ FileId: 'a', StartTimeOffset: 1 }],
    })
    const same = {
      FileInfos: [{ StartTimeOffset: 1, FileId: 'a' }],
      SessionContext: 'x',
      TasksPriority: 3,
      InputType: 'File',
      Definition: undefined,
    }
    expect(defaultKey('EditMedia', same)).toBe(one)
  })

  it('differs for different work', () => {
    const url = fc.webUrl()
    fc.assert(
      fc.property(url, url, (a, b) => {
        fc.pre(a !== b)
        expect(defaultKey('PullUpload', { MediaUrl: a })).not.toBe(defaultKey('PullUpload', { MediaUrl: b }))
      }),
    )
    expect(defaultKey('ProcessMedia', { FileId: 'a' })).not.toBe(
      defaultKey('ReviewAudioVideo', { FileId: 'a' }),
    )
  })
})

describe('the mark of a pull', () => {
  const SessionId = 'a'.repeat(40)
  const keys = parseMacKeys(`longest8:${'x'.repeat(32)},old:${'y'.repeat(32)}`)

  it('is read back, with the own SourceContext behind it', () => {
    fc.assert(
      fc.property(fc.string(), (own) => {
        const marked = markedSource({ SessionId }, keys, own)
        expect(markOf(marked, keys)).toEqual({ SessionId })
        expect(marked.length).toBeLessThanOrEqual(own.length + sourceMarkLength)
      }),
    )
    const older = { ...keys, sign: keys.verify[1] ?? keys.sign }
    expect(markOf(markedSource({ SessionId }, older), keys)).toEqual({ SessionId })
  })

  it('carries what was asked for, where the own SourceContext leaves room', () => {
    const request = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`Field${index}`, index]))
    const whole = { SessionId, asked: fingerprintOf(request) }
    expect(markOf(markedSource(whole, keys, 'own'), keys)).toEqual(whole)
    const long = markedSource(whole, keys, 'x'.repeat(maxSourceContext - sourceMarkLength))
    expect(long).toHaveLength(250)
    const asked = markOf(long, keys)?.asked ?? ''
    expect(differingFields(asked, request)).toEqual([])
    expect(differingFields(asked, { ...request, Field3: 'x' })).toEqual(['an unknown field'])
    expect(differingFields(whole.asked, { ...request, Field3: 'x' })).toEqual(['Field3'])
  })

  it('is none when a character of it is another one, or when nobody has signed it', () => {
    const mark = markedSource({ SessionId }, keys)
    fc.assert(
      fc.property(fc.nat(mark.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, other) => {
        fc.pre(mark[at] !== other)
        expect(markOf(mark.slice(0, at) + other + mark.slice(at + 1), keys)).toBeUndefined()
      }),
    )
    fc.assert(fc.property(fc.string(), (any) => markOf(any, keys) === undefined))
    fc.assert(fc.property(fc.string(), (any) => markOf(`vf1.longest8.${any}`, keys) === undefined))
  })
})

describe('synchronous actions', () => {
  it.each([
    ['DescribeMediaInfos', 'read', true],
    ['SearchMedia', 'read', true],
    ['DescribeVodDomains', 'read', false],
    ['DescribeAigcApiTokens', 'read', false],
    ['DescribeFileAttributes', 'write', false],
    ['ModifyMediaInfo', 'repeatable', false],
    ['DeleteMedia', 'repeatable', false],
    ['CreateProcedureTemplate', 'write', false],
    ['RemoveWatermark', 'write', false],
  ])('%s is a %s; allowed to everybody: %s', (action, kind, allowed) => {
    expect([syncKindOf(action), isAllowedByDefault(action)]).toEqual([kind, allowed])
  })

  it('a step has a better way', () => {
    expect(betterWayThan('EditMedia')).toContain('editMedia')
    expect(betterWayThan('SearchMedia')).toBeUndefined()
  })
})

describe('what a child is asked to do', () => {
  it.each([
    [{ n: 1n }, { n: 2n }],
    [{ by: new Map([['a', 1]]) }, { by: new Map([['a', 2]]) }],
    [{ of: new Set(['a']) }, { of: new Set(['b']) }],
    [{ at: new Date(1) }, { at: new Date(2) }],
    [{ of: new Uint8Array([1]) }, { of: new Uint8Array([2]) }],
  ])('differs where a value differs that JSON cannot say: %o', (one, other) => {
    expect(canonicalJson([one])).not.toBe(canonicalJson([other]))
    expect(canonicalJson([one])).toBe(canonicalJson([one]))
  })
})
