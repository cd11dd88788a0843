import { describe, expect, it } from 'vitest'
import { VodError } from '../../src/contract/errors.js'
import { listedTasks } from '../../src/operate/listedTasks.js'
import type { VodClient } from '../../src/vod/client.js'

interface Page {
  readonly TaskSet: readonly { readonly TaskId: string }[]
  readonly ScrollToken: string
}

const refused = new VodError({
  action: 'DescribeTasks',
  code: 'InvalidParameterValue.ScrollToken',
  problem: 'expired',
})
const tasks = (...ids: readonly (number | string)[]) => ids.map((id) => ({ TaskId: `task-${id}` }))

/** A VOD whose pages are as the function says, by the ScrollToken and the number of the call. */
function vodWith(pageAt: (ScrollToken: string, call: number) => Page) {
  let calls = 0
  const call = async (_action: string, { ScrollToken = '' }: { readonly ScrollToken?: string }) =>
    pageAt(ScrollToken, calls++)
  return { vod: { call } as unknown as VodClient, calls: () => calls }
}

async function idsOf(vod: VodClient, more: { readonly mostPages?: number } = {}): Promise<string[]> {
  const ids: string[] = []
  for await (const { TaskId } of listedTasks({ vod, since: 0, waitMs: { first: 0, most: 0 }, ...more }))
    ids.push(TaskId)
  return ids
}

describe('a list of tasks', () => {
  it('has the tasks of every page, each once', async () => {
    const { vod } = vodWith((at) =>
      at === '' ? { TaskSet: tasks(1, 2), ScrollToken: 'next' } : { TaskSet: tasks(2, 3), ScrollToken: '' },
    )
    expect(await idsOf(vod)).toEqual(['task-1', 'task-2', 'task-3'])
  })

  it('starts again if VOD refuses a ScrollToken, and shows no task twice', async () => {
    const { vod, calls } = vodWith((at, call) => {
      if (call === 2) throw refused
      const next = Number(at) + 1
      return { TaskSet: tasks(next), ScrollToken: next === 4 ? '' : `${next}` }
    })
    expect(await idsOf(vod)).toEqual(['task-1', 'task-2', 'task-3', 'task-4'])
    expect(calls()).toBe(7)
  })

  it('fails if VOD refuses every ScrollToken', async () => {
    const { vod, calls } = vodWith((at) => {
      if (at !== '') throw refused
      return { TaskSet: tasks(1), ScrollToken: 'next' }
    })
    await expect(idsOf(vod)).rejects.toBe(refused)
    expect(calls()).toBe(8)
  })

  it('fails if VOD repeats a page', async () => {
    const { vod } = vodWith(() => ({ TaskSet: tasks(1), ScrollToken: 'next' }))
    await expect(idsOf(vod)).rejects.toThrow(
      'DescribeTasks: ClientError.BadResponse: the list repeats a page',
    )
  })

  it('fails if the list never ends', async () => {
    const { vod, calls } = vodWith((_, call) => ({ TaskSet: tasks(call), ScrollToken: `${call}` }))
    await expect(idsOf(vod, { mostPages: 20 })).rejects.toThrow('the list has more than 20 pages')
    expect(calls()).toBe(20)
  })

  it.each([
    [1, 1],
    [3, 3],
  ])('fails after %s failures of one page', async (maxFailures, expected) => {
    const failed = new VodError({ action: 'DescribeTasks', code: 'InternalError', problem: 'later' })
    const { vod, calls } = vodWith(() => {
      throw failed
    })
    await expect(idsOf(vod, { maxFailures } as object)).rejects.toBe(failed)
    expect(calls()).toBe(expected)
  })
})
