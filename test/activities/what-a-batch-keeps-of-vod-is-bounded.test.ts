import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, it } from 'vitest'
import { openBatch } from '../../src/activities/batch/openBatch.js'
import { readIds } from '../../src/activities/batch/readIds.js'
import type { ActivityContext } from '../../src/activities/context.js'
import type { Ids, IdsPage } from '../../src/contract/batchActivities.js'
import { bytesOf } from '../../src/contract/json.js'
import { templateMembers } from '../../src/vod/templateTasks.js'

const answering = (answer: object) =>
  ({ clientFor: () => ({ call: async () => answer }) }) as unknown as ActivityContext

it('of a template: one with too many outputs is refused', async () => {
  const outputs = (count: number) => {
    const TranscodeTaskSet = Array.from({ length: count }, (_, index) => ({ Definition: 100_000 + index }))
    const others = templateMembers.map((member) => [member, null])
    const UpdateTime = '2026-11-01T00:00:00Z'
    const template = {
      ...Object.fromEntries(others),
      Name: 'one',
      UpdateTime,
      MediaProcessTask: { TranscodeTaskSet },
    }
    const activity = openBatch(answering({ ProcedureTemplateSet: [template] }))
    const input = { source: { FileIds: ['528'] }, ProcedureName: 'one' }
    return new MockActivityEnvironment({ attempt: 1 }).run(activity, input)
  }
  expect(bytesOf(((await outputs(1_000)) as { template: object }).template)).toBeLessThan(50_000)
  await expect(outputs(5_000)).rejects.toThrow(
    /ProcedureName: .* more than 50000; use a template with fewer outputs/,
  )
})

const page = (cursor: IdsPage['cursor']): IdsPage => ({ account: 'default', source: { search: {} }, cursor })
/** A page at the end of what a search shows: its next page begins at the time of its last media. */
const lastPage = (
  medias: readonly object[],
  cursor: Partial<IdsPage['cursor']> = {},
  TotalCount = 9_000,
): Promise<Ids> => {
  const activity = readIds(answering({ MediaInfoSet: medias, TotalCount }))
  return new MockActivityEnvironment({ attempt: 1 }).run(
    activity,
    page({ read: 4_900, Offset: 4_900, ...cursor }),
  )
}
const madeAt = (CreateTime: string) => (FileId: string) => ({ FileId, BasicInfo: { CreateTime } })

it('of a search: ids of any length, each counted once', async () => {
  const long = Array.from({ length: 100 }, (_, index) => `${index}`.padStart(4, '0') + 'x'.repeat(5_000))
  const medias = long.map(madeAt('2026-01-01T00:00:00Z'))
  const first = await lastPage(medias)
  expect(first.odd).toBe(100)
  expect(bytesOf(first.cursor)).toBeLessThan(10_000)
  const again = await lastPage(medias.slice(0, 50), { ...first.cursor, Offset: 0 }, 50)
  expect(again).toMatchObject({ FileIds: [] })
  expect(again.odd).toBeUndefined()
})

it('of a search: a CreateTime that is none is not kept', async () => {
  const medias = Array.from({ length: 100 }, (_, index) => `${index}`).map(madeAt('x'.repeat(100_000)))
  await expect(lastPage(medias)).rejects.toThrow(/source\.search: /)
})
