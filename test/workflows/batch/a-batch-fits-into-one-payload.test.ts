import { describe, expect, it } from 'vitest'
import { type BatchInput, type ItemEnded, maxFailures } from '../../../src/contract/batch.js'
import { batchInput } from '../../../src/contract/inputs.js'
import { batchWorkOf } from '../../../src/contract/itemWork.js'
import { bytesOf } from '../../../src/contract/json.js'
import { batchTemplateSizeRule, listedIdsSizeRule, searchSizeRule } from '../../../src/contract/patterns.js'
import { valid } from '../../../src/contract/valid.js'
import { asItemEnded } from '../../../src/workflows/batch/messages.js'
import { batchDetails, progressOf, reportOf } from '../../../src/workflows/batch/report.js'
import { begin, runningOf, withRead, withSaid, withStarted } from '../../../src/workflows/batch/state.js'

/** Temporal takes 2 MiB. */
const most = 1_600_000
/** The answer to an update, and what the Temporal UI shows, stand in every history. */
const mostShown = 20_000

const waits = Array.from({ length: 1_000 }, () => 1 / 3e9)
const names = ['looks', 'unlistedLooks', 'crowded', 'polls', 'lag', 'refusals', 'listings']
const delays = Object.fromEntries(names.map((name) => [name, waits]))
const common = { ProcedureName: '"'.repeat(1_000), window: 2_000, delays }
const template = {
  TaskTypes: ['Procedure'],
  outputs: ['o'.repeat(batchTemplateSizeRule.bytes - 100)],
  UpdateTime: '',
}
const at = Date.parse('2026-01-01T12:00:00Z')

const idsOf = (count: number, letter: string) =>
  Array.from({ length: count }, (_, index) => `${index}`.padStart(64, letter))

/** As many ids as a list may have. */
function listOf(letter: string): readonly string[] {
  const FileIds = idsOf(10_000, letter)
  while (bytesOf(FileIds) > listedIdsSizeRule.bytes) FileIds.length -= 100
  return FileIds
}

/** A batch that has failed for 2,000 items, and runs 2,000. */
function fullState(input: BatchInput, ids: readonly string[], word: string) {
  let state = begin(input, template, at)
  const isList = 'FileIds' in input.source
  const read = (FileIds: readonly string[]) => {
    if (!isList)
      state = withRead(state, { FileIds, cursor: { read: 1e9, Offset: 0, seen: ids.slice(0, 100) } })
  }
  const start = (started: readonly string[]) => {
    read(started)
    const nothing = { ended: [], skipped: [], missing: [], repeated: [] }
    state = withStarted(state, { started, ...nothing }, { at, input })
  }
  const of = batchWorkOf(input)
  const how = { status: 'canceled', reason: word.repeat(300), of }
  for (let from = 0; from < maxFailures; from += 100) {
    const part = ids.slice(from, from + 100)
    start(part)
    for (const FileId of part)
      state = withSaid(state, asItemEnded({ FileId, ...how }, of) as ItemEnded, { at, input })
  }
  start(ids.slice(maxFailures, maxFailures + 2_000))
  read(ids.slice(maxFailures + 2_000))
  expect(state.failures).toHaveLength(maxFailures)
  expect(runningOf(state)).toBe(2_000)
  return { ...state, stopped: word.repeat(500 / word.length), meanMs: 1 / 3 }
}

describe.each([
  ['a', '界'],
  ['a', '😀'],
  ['\\', '\u0001'],
  ['\\', '\ud800'],
])('of FileIds of %j and reasons of %j', (letter, word) => {
  it.each<[string, readonly string[], BatchInput['source']]>([
    ['a list', listOf(letter), { FileIds: listOf(letter) }],
    ['a search', idsOf(4_500, letter), { search: { Text: 'x'.repeat(searchSizeRule.bytes - 20) } }],
  ])('%s: the next run, the report and the progress each fit into one payload', (_, ids, source) => {
    const input = valid(batchInput, { ...common, source })
    const state = fullState(input, ids, word)
    const progress = progressOf(state, input, at)
    const left = 'FileIds' in source ? { FileIds: [] } : source
    const sizes = [{ ...input, source: left, state }, reportOf(state, input), progress].map(bytesOf)
    expect(Math.max(...sizes)).toBeLessThan(most)
    expect(bytesOf(batchDetails(progress))).toBeLessThan(mostShown)
    expect(bytesOf({ ...progress, failures: progress.failures.slice(-10) })).toBeLessThan(mostShown)
  })
})

it('10,000 of the longest FileIds are taken, unless JSON makes them twice as long', () => {
  const take = (FileIds: readonly string[]) => valid(batchInput, { ...common, source: { FileIds } })
  expect(take(idsOf(10_000, 'a')).source).toBeDefined()
  expect(() => take(idsOf(10_000, '\\'))).toThrow(
    /source\.FileIds: has \d+ bytes as JSON; pass a shorter list, or a file/,
  )
})

it('conditions of a search that do not fit are refused', () => {
  const search = { Text: 'x'.repeat(searchSizeRule.bytes) }
  expect(() => valid(batchInput, { ...common, source: { search } })).toThrow(/source\.search: has \d+ bytes/)
})
