import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import { describe, expect, it } from 'vitest'
import { readIds } from '../../src/activities/batch/readIds.js'
import type { ActivityContext } from '../../src/activities/context.js'
import type { Cursor } from '../../src/contract/batch.js'
import type { Ids } from '../../src/contract/batchActivities.js'
import { createVodClient } from '../../src/vod/client.js'
import { startOddVod } from '../support/oddVod.js'

const logger = new DefaultLogger('ERROR')

interface Asked {
  readonly Offset: number
  readonly Limit: number
}
interface Page {
  readonly TotalCount: number
  readonly MediaInfoSet: readonly { readonly FileId: string }[]
}
type Answer = (asked: Asked) => Page

const mediaNamed = (ids: readonly string[]) =>
  ids.map((FileId) => ({ FileId, BasicInfo: { CreateTime: '2026-01-01T00:00:00Z' } }))
const idsTo = (count: number) => Array.from({ length: count }, (_, index) => `${1_000 + index}`)

/** What VOD answers to a search of so many media. */
const having =
  (count: number): Answer =>
  ({ Offset, Limit }) => ({
    TotalCount: count,
    MediaInfoSet: mediaNamed(idsTo(count).slice(Offset, Offset + Limit)),
  })
const shown =
  (answer: Answer, change: (media: Page['MediaInfoSet'], asked: Asked) => Page['MediaInfoSet']): Answer =>
  (asked) => {
    const page = answer(asked)
    return { ...page, MediaInfoSet: change(page.MediaInfoSet, asked) }
  }

/** Reads all pages of a search as a batch does, and returns the ids, or the failure that ends the batch. */
async function readAll(answerTo: (call: number) => Answer): Promise<readonly string[] | Error> {
  let calls = 0
  const call = async (_: string, asked: Asked) => answerTo(++calls)(asked)
  const activity = readIds({ clientFor: () => ({ call }) } as unknown as ActivityContext)
  const read = async (cursor: Cursor, attempt = 1): Promise<Ids> => {
    const page = { account: 'default', source: { search: {} }, cursor }
    const result: Promise<Ids> = new MockActivityEnvironment({ attempt }, { logger }).run(activity, page)
    return result.catch((error) => {
      if (error.nonRetryable || attempt > 20) throw error
      return read(cursor, attempt + 1)
    })
  }
  const ids: string[] = []
  let cursor: Cursor | undefined = { read: 0 }
  try {
    while (cursor) {
      const page: Ids = await read(cursor)
      ids.push(...page.FileIds)
      cursor = page.cursor
    }
    return ids
  } catch (error) {
    return error as Error
  }
}

const once = (odd: Answer, count: number) => readAll((call) => (call === 1 ? odd : having(count)))
const always = (answer: Answer) => readAll(() => answer)

describe('an answer to SearchMedia', () => {
  it.each([0, 1, 25, 100, 250])('is read page by page: %d media', async (count) => {
    expect(await always(having(count))).toEqual(idsTo(count))
  })

  it.each<[string, Answer]>([
    ['shows none', shown(having(25), () => [])],
    ['shows half of them', shown(having(25), (all) => all.slice(0, 12))],
    ['shows every second', shown(having(25), (all) => all.filter((_, index) => index % 2 === 0))],
    ['shows one twice', shown(having(25), (all) => [...all.slice(0, 24), ...all.slice(0, 1)])],
    ['counts none', (asked) => ({ ...having(25)(asked), TotalCount: 0 })],
    ['counts fewer', (asked) => ({ ...having(25)(asked), TotalCount: 12 })],
  ])('that %s once is asked for again', async (_, odd) => {
    expect(await once(odd, 25)).toEqual(idsTo(25))
  })

  it('is read on behind each page where VOD sends smaller pages', async () => {
    expect(await always(shown(having(25), (all) => all.slice(0, 12)))).toEqual(idsTo(25))
  })

  it.each<[string, Answer, RegExp]>([
    ['shows none', shown(having(25), () => []), /read 0 of 25/],
    ['counts fewer', (asked) => ({ ...having(25)(asked), TotalCount: 12 }), /read 25 of 12/],
    [
      'leaves one out',
      shown(having(25), (all) => all.filter(({ FileId }) => FileId !== '1003')),
      /read 24 of 25/,
    ],
    [
      'has no second page',
      shown(having(250), (all, { Offset }) => (Offset === 100 ? [] : all)),
      /read 100 of 250/,
    ],
    [
      'has the first page in place of the second',
      shown(having(250), (all, { Offset, Limit }) =>
        Offset === 100 ? having(250)({ Offset: 0, Limit }).MediaInfoSet : all,
      ),
      /read 100 of 250/,
    ],
  ])('that always %s ends the batch, and says how many were read', async (_, odd, says) => {
    expect(await always(odd)).toMatchObject({ nonRetryable: true, message: expect.stringMatching(says) })
  })

  it('is taken as it is where media come and go between two pages', async () => {
    const counts = (first: number, later: number) => readAll((call) => having(call === 1 ? first : later))
    expect(await counts(250, 260)).toEqual(idsTo(260))
    expect(await counts(250, 240)).toEqual(idsTo(240))
  })

  it.each([
    ['a TotalCount that is a text', { TotalCount: '1', MediaInfoSet: [{ FileId: '528' }] }],
    ['no TotalCount', { MediaInfoSet: [{ FileId: '528' }] }],
    ['an entry without a FileId', { TotalCount: 1, MediaInfoSet: [{ BasicInfo: {} }] }],
  ])('with %s is asked for again, and ends the batch where it stays so', async (_, answer) => {
    const vod = await startOddVod()
    vod.answer('SearchMedia', answer)
    const credentials = { secretId: 'i', secretKey: 'k' }
    const client = createVodClient({ endpoint: vod.endpoint, credentials })
    const activity = readIds({ clientFor: () => client } as unknown as ActivityContext)
    const page = { account: 'default', source: { search: {} }, cursor: { read: 0 } }
    const failed = async (attempt: number) =>
      new MockActivityEnvironment({ attempt }, { logger }).run(activity, page).catch((error) => error)
    expect(await failed(1)).toMatchObject({ nonRetryable: false })
    expect(await failed(8)).toMatchObject({
      nonRetryable: true,
      message: expect.stringContaining('SearchMedia'),
    })
    await vod.close()
  })
})
