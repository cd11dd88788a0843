import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, it } from 'vitest'
import { readIds } from '../../src/activities/batch/readIds.js'
import type { ActivityContext } from '../../src/activities/context.js'
import type { Ids, IdsPage } from '../../src/contract/batchActivities.js'
import { begin, positionOf, withRead } from '../../src/workflows/batch/state.js'

const CreateTime = '2026-01-01T00:00:00Z'
const odd = ['a b', '', 'ä', 'a\ud83c', 'x'.repeat(65)]

/** What a search reads whose page has these FileIds. */
function read(FileIds: readonly string[]): Promise<Ids> {
  const MediaInfoSet = FileIds.map((FileId) => ({ FileId, BasicInfo: { CreateTime } }))
  const client = { call: async () => ({ MediaInfoSet, TotalCount: FileIds.length }) }
  const activity = readIds({ clientFor: () => client } as unknown as ActivityContext)
  const page: IdsPage = { account: 'default', source: { search: {} }, cursor: { read: 0 } }
  return new MockActivityEnvironment({ attempt: 1 }).run(activity, page)
}

const input = { source: { search: {} }, ProcedureName: 'one' }
const batch = () => begin(input, { TaskTypes: [], outputs: [], UpdateTime: '' }, 0)

it('the others of its page are read, and it is counted as missing', async () => {
  const page = await read(['528', ...odd, '529'])
  expect(page).toEqual({ FileIds: ['528', '529'], odd: odd.length, total: 7 })
  const state = withRead(batch(), page)
  expect(state).toMatchObject({ waiting: ['528', '529'], counts: { read: 7, missing: odd.length } })
  expect(positionOf(state)).toBe(odd.length)
})

it('a page of nothing else ends no batch that has more', async () => {
  const page = await read(Array.from({ length: 100 }, (_, index) => `odd ${index}`))
  expect(page).toEqual({
    FileIds: [],
    odd: 100,
    total: 100,
    cursor: { read: 100, Offset: 100, past: 'odd 0' },
  })
})

it('a page without any is read as before', async () => {
  expect(await read(['528'])).toEqual({ FileIds: ['528'], total: 1 })
})
