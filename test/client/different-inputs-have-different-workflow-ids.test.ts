import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maxWorkflowIdBytes, workflowIdFor } from '../../src/client/workflowId.js'

/** What means something in an id, and how it looks escaped. */
const tokens = ['a', '/', '%2F', '%', '%25', ':', '%3A', 'path:', ' ', '%20', '\ud800', '%ud800']
const piece = fc.oneof(
  { weight: 9, arbitrary: fc.array(fc.constantFrom(...tokens), { maxLength: 3 }).map((all) => all.join('')) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 400 }) },
)
const kind = fc.constantFrom('FileId' as const, 'MediaStoragePath' as const)
const prefix = fc.constantFrom('', '', '', 'path:')
const app = fc.constantFrom({ SubAppId: 1, account: 'default' }, { account: 'default' }, { account: '1' })

/** The same text cut at one of its slashes into media and procedure, and perhaps escaped once already. */
function readings(text: string, escapedAlready: boolean) {
  const pieces = text.split('/')
  return fc
    .record({ app, kind, prefix, cut: fc.integer({ min: 1, max: pieces.length - 1 }) })
    .map((choice) => {
      const { account, ...subApp } = choice.app
      const [media, ProcedureName] = [pieces.slice(0, choice.cut), pieces.slice(choice.cut)]
        .map((part) => part.join('/'))
        .map((part) => (escapedAlready ? part.replace(/[/ :%]/g, encodeURIComponent) : part)) as [
        string,
        string,
      ]
      return {
        account,
        request: { ...subApp, [choice.kind]: `${choice.prefix}${media}` || 'a', ProcedureName },
      }
    })
}

/** Two requests whose ids would be one if anything were left out. */
const pairs = fc
  .tuple(fc.array(piece, { minLength: 2, maxLength: 4 }), fc.boolean(), fc.boolean())
  .chain(([pieces, a, b]) => fc.tuple(readings(pieces.join('/'), a), readings(pieces.join('/'), b)))

describe('the workflow id of a request', () => {
  it('reads as what it stands for', () => {
    const ProcedureName = 'TranscodeAndSnapshot'
    expect(
      workflowIdFor({ request: { SubAppId: 1500000001, FileId: '5285485487985271487', ProcedureName } }),
    ).toBe('vod/1500000001/5285485487985271487/TranscodeAndSnapshot')
    expect(
      workflowIdFor({ request: { SubAppId: 1500000001, MediaStoragePath: '/电影/a b.mp4', ProcedureName } }),
    ).toBe('vod/1500000001/path:/电影/a%20b.mp4/TranscodeAndSnapshot')
    expect(workflowIdFor({ request: { FileId: '1', ProcedureName: 'p' }, account: 'eu' })).toBe(
      'vod/account:eu/1/p',
    )
    expect(workflowIdFor({ request: { FileId: '1', ProcedureName: 'p' } })).toBe('vod/1/p')
    expect(workflowIdFor({ request: { FileId: '1', ProcedureName: 'p' }, idempotencyKey: 'k' })).toBe(
      'vod/key:k',
    )
  })

  it('is its own for every request, short or long, and survives UTF-8', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const [idA, idB] = [workflowIdFor(a), workflowIdFor(b)]
        expect(Buffer.byteLength(idA)).toBeLessThanOrEqual(maxWorkflowIdBytes)
        expect(Buffer.from(idA).toString()).toBe(idA)
        const same = JSON.stringify(a) === JSON.stringify(b)
        expect(idA === idB).toBe(same)
      }),
      { numRuns: 3_000 },
    )
  })

  it('tells long ones apart that begin alike', () => {
    const long = (end: string) =>
      workflowIdFor({ request: { MediaStoragePath: `/${'é'.repeat(300)}${end}`, ProcedureName: 'p' } })
    expect(long('a')).not.toBe(long('b'))
    expect(long('a')).toMatch(/^vod\/path:\/é+~[0-9a-f]{32}$/)
  })

  it('cannot be taken for one that was cut', () => {
    const cut = workflowIdFor({ request: { MediaStoragePath: `/d/${'x'.repeat(300)}`, ProcedureName: 'p' } })
    const ProcedureName = cut.split('/').at(-1) ?? ''
    const lookalike = workflowIdFor({ request: { MediaStoragePath: '/d', ProcedureName } })
    expect(lookalike).not.toBe(cut)
  })
})
