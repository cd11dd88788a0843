import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BatchInput, batchDefaults } from '../../../src/contract/batch.js'
import { passing } from '../../../src/contract/check.js'
import { bytesOf } from '../../../src/contract/json.js'
import { idsRead, openedTemplate, sweepResult } from '../../../src/contract/results.js'
import { asEnds, asStartResults } from '../../../src/workflows/batch/results.js'
import { begin, runningOf, withStarted } from '../../../src/workflows/batch/state.js'

const asked = ['a', 'b', 'c']
const nothing = { started: [], ended: [], skipped: [], missing: [], repeated: [] }
const end = (FileId: string, more = {}) => ({ FileId, status: 'succeeded', reason: '', tasks: 1, ...more })

describe('a result of startRuns', () => {
  it('counts each item of the call once, and no other', () => {
    const result = {
      started: ['a', 'a', 'x', ...Array.from({ length: 27_000 }, (_, n) => `${n}`.padStart(64, 'z'))],
      ended: [end('b'), end('a'), end('y')],
      skipped: ['b', 'c'],
      missing: ['c', 'x'],
      repeated: ['c'],
    }
    expect(asStartResults(result, asked)).toEqual({
      ...nothing,
      started: ['a'],
      ended: [end('b')],
      skipped: ['c'],
    })
  })

  it('counts an item with an impossible end as started', () => {
    const odd = [end('a', { tasks: 1e9 }), end('b', { status: 'won' }), null, 7, { FileId: 'c' }]
    expect(asStartResults({ ...nothing, ended: odd }, asked)).toEqual({ ...nothing, started: asked })
  })

  it.each([
    null,
    [],
    'x',
    {},
    { ...nothing, started: 'a' },
    { ...nothing, ended: {} },
    { ...nothing, skipped: [1] },
  ])('%j is none', (result) => {
    expect(asStartResults(result, asked)).toBeUndefined()
  })

  it('never moves more items than those of the call, whatever it is', () => {
    const ids = fc.array(fc.constantFrom('a', 'b', 'c', 'x', '__proto__'), { maxLength: 6 })
    const ends = fc.array(
      ids.map(([FileId = 'a']) => end(FileId)),
      { maxLength: 6 },
    )
    const any = fc.record({ started: ids, ended: ends, skipped: ids, missing: ids, repeated: ids })
    const input: BatchInput = { ...batchDefaults, source: { FileIds: [...asked, 'd'] }, ProcedureName: 'one' }
    const first = begin(input, { TaskTypes: ['Procedure'], outputs: [], UpdateTime: '' }, 1)
    fc.assert(
      fc.property(any, (result) => {
        const results = asStartResults(result, asked)
        expect(results).toBeDefined()
        if (!results) return
        const { counts, waiting, ...rest } = withStarted(first, results, { at: 2, input })
        const { started, skipped, missing, repeated } = counts
        expect(started + skipped + missing + repeated + waiting.length).toBe(4)
        expect(waiting).toContain('d')
        expect(runningOf({ ...first, ...rest })).toBeLessThanOrEqual(3)
      }),
    )
  })
})

describe('a result of checkRuns', () => {
  it('has the ends of the items of the call only, each once', () => {
    const ends = [end('x'), end('a'), end('a', { status: 'failed' }), null, end('b', { tasks: -1 })]
    expect(asEnds(ends, asked)).toEqual([end('a')])
  })

  it.each([null, {}, 'x', 7])('%j has none', (result) => {
    expect(asEnds(result, asked)).toEqual([])
  })
})

it.each([
  { FileIds: ['a b'] },
  { FileIds: [1] },
  { FileIds: [], odd: -1 },
  { FileIds: [], cursor: { read: 1, seen: ['x'.repeat(60_000)] } },
  { FileIds: Array.from({ length: 9_000 }, () => 'x') },
  null,
  [],
])('a page %j is malformed', (page) => {
  expect(passing(idsRead, page)).toBeUndefined()
})

it('a page of a search and of a file is read', () => {
  const FileIds = Array.from({ length: 100 }, (_, n) => `${n}`.padStart(64, '9'))
  const search = { FileIds, total: 4_000, cursor: { read: 100, after: '', Offset: 100, seen: FileIds } }
  expect(passing(idsRead, search)).toBe(search)
  const file = { FileIds: Array.from({ length: 8_192 }, () => '1'), cursor: { read: 1, byte: 2, file: 'x' } }
  expect(passing(idsRead, file)).toBe(file)
  expect(bytesOf(file)).toBeLessThan(50_000)
})

it.each([null, {}, { TaskTypes: ['x'.repeat(60_000)], outputs: [], UpdateTime: '' }])(
  'a template %.80j is malformed',
  (template) => expect(passing(openedTemplate, template)).toBeUndefined(),
)

it.each([null, [], { newest: 'x' }, { newest: 1e300 }, { newest: Number.NaN }, { newest: -1 }])(
  'a reading of the sweep %j is malformed',
  (result) => {
    const whole = Array.isArray(result) || result === null ? result : { tasks: 0, hinted: 0, ...result }
    expect(passing(sweepResult, whole)).toBeUndefined()
  },
)
