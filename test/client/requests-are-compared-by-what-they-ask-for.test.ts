import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differences } from '../../src/client/sameRequest.js'

const request = { FileId: '5285485487985271487', ProcedureName: 'TranscodeAndSnapshot' }

describe('two requests', () => {
  it('are the same in any order and with defaults given or left out', () => {
    const spelledOut = {
      account: 'default',
      key: '0/5285485487985271487/TranscodeAndSnapshot',
      request: {
        ProcedureName: 'TranscodeAndSnapshot',
        TasksNotifyMode: 'Finish' as const,
        TasksPriority: 0,
        SessionContext: '',
        FileId: '5285485487985271487',
      },
    }
    expect(differences({ request }, spelledOut)).toEqual([])
  })

  it('differ field by field, with both values', () => {
    const found = differences(
      { request: { ...request, TasksPriority: 5 } },
      { request: { ...request, ProcedureName: 'Other', SessionContext: 'vid=1' }, key: 'again' },
    )
    expect(found).toEqual([
      { field: 'ProcedureName', was: '"TranscodeAndSnapshot"', is: '"Other"' },
      { field: 'SessionContext', was: 'not set', is: '"vid=1"' },
      { field: 'TasksPriority', was: '5', is: 'not set' },
      { field: 'key', was: 'not set', is: '"again"' },
    ])
  })

  it.each([
    ['two keys', 'order-1', 'order-2', {}, ['idempotencyKey']],
    ['two keys, where the first one makes the workflow id', 'order-1', 'order-2', { namedByKey: true }, []],
    ['no key before', undefined, 'order-2', {}, []],
    ['no key now', 'order-1', undefined, {}, []],
  ])('under %s', (_, was, is, options, fields) => {
    const now = { request, idempotencyKey: is, ...(is ? { key: `ProcessMediaByProcedure/${is}` } : {}) }
    const found = differences({ request, idempotencyKey: was }, now, options)
    expect(found.map(({ field }) => field)).toEqual(fields)
  })

  it('show of a long value the part that differs', () => {
    const start = 'x'.repeat(500)
    const [found] = differences(
      { request: { ...request, SessionContext: `${start}A` } },
      { request: { ...request, SessionContext: `${start}B` } },
    )
    expect(found?.was).toMatch(/^…x+A" \(503 characters\)$/)
    expect(found?.is).toMatch(/^…x+B" \(503 characters\)$/)
  })

  it('differ in exactly the fields that were changed', () => {
    const fields = fc.record({
      FileId: fc.string({ minLength: 1 }),
      ProcedureName: fc.string({ minLength: 1 }),
      TasksPriority: fc.integer({ min: -10, max: 10 }),
      SessionContext: fc.string({ maxLength: 200 }),
    })
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        const changed = (Object.keys(a) as (keyof typeof a)[]).filter((name) => a[name] !== b[name])
        expect(differences({ request: a }, { request: b }).map(({ field }) => field)).toEqual(changed.sort())
      }),
    )
  })
})
