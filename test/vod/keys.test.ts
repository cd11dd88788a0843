import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultKey } from '../../src/vod/defaultKey.js'
import { markedSource, markOf, sourceMarkLength } from '../../src/vod/sourceMark.js'
import { betterWayThan, isAllowedByDefault, syncKindOf } from '../../src/vod/syncActions.js'

describe('the key of a step that was given none', () => {
  it('goes into the SessionId, so it never changes', () => {
    expect(defaultKey('ProcessMediaByProcedure', { SubAppId: 1, FileId: '528', ProcedureName: 'two' })).toBe(
      '1/528/two',
    )
    expect(defaultKey('PullUpload', { MediaUrl: 'https://example.com/a.mp4' })).toBe(
      'PullUpload/j3abxkvbzbbi6htvjvojakqu3h',
    )
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

it('the mark of a pull is read back, with the own SourceContext behind it', () => {
  const SessionId = 'a'.repeat(40)
  fc.assert(
    fc.property(fc.string(), (own) => {
      const marked = markedSource({ SessionId }, own)
      expect(markOf(marked)).toEqual({ SessionId })
      expect(marked.length).toBeLessThanOrEqual(own.length + sourceMarkLength)
    }),
  )
  expect(markOf(markedSource({ SessionId, asked: 'abcd' }, 'own'))).toEqual({ SessionId, asked: 'abcd' })
  // It gives way to the caller's own.
  expect(markedSource({ SessionId, asked: 'abcd' }, 'x'.repeat(205))).toHaveLength(250)
  expect(markOf('of somebody else')).toBeUndefined()
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
