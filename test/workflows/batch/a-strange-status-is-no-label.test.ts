import { expect, it } from 'vitest'
import type { BatchCounts } from '../../../src/contract/batch.js'
import { newItems } from '../../../src/workflows/batch/countItems.js'
import { begin } from '../../../src/workflows/batch/state.js'

it('a status that a state of another hand has brought is not counted, and all others are', () => {
  const template = { TaskTypes: [], outputs: [], UpdateTime: '' }
  const { counts } = begin({ source: { FileIds: [] }, ProcedureName: 'one' }, template, 0)
  const ended = { ...counts.ended, succeeded: 3, failed: 1, ['x'.repeat(1_000_000)]: 2 }
  const after: BatchCounts = { ...counts, skipped: 4, ended }
  expect(newItems({ ...counts, skipped: 1 }, after)).toEqual([
    { status: 'succeeded', items: 3 },
    { status: 'failed', items: 1 },
    { status: 'skipped', items: 3 },
  ])
})
