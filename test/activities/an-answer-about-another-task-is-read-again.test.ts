import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { describeTaskDetail } from '../../src/activities/describeTaskDetail.js'
import { readAtOnce } from '../../src/activities/localRead.js'
import type { ReadInput } from '../../src/contract/activities.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { createVodClient, type VodClient } from '../../src/vod/client.js'

const keys = { secretId: 'id', secretKey: 'key' }
let vod: Emulator
let client: VodClient
const TaskIds: string[] = []
beforeAll(async () => {
  vod = await startEmulator({ ...keys, media: 'instant', taskTime: 1 })
  client = createVodClient({ endpoint: vod.endpoint, credentials: keys })
  await client.call('CreateProcedureTemplate', {
    Name: 'one',
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
  })
  vod.faults.add({ kind: 'failSubTask', Type: '*', code: 'InternalError', times: 1 })
  for (const name of ['failed', 'good']) {
    const file = join(tmpdir(), `vodflow-mixed-${process.pid}-${name}.mp4`)
    await writeFile(file, '')
    const { FileId } = await vod.upload(file)
    const { TaskId } = await client.call('ProcessMediaByProcedure', { FileId, ProcedureName: 'one' })
    await vi.waitFor(async () => {
      expect((await client.call('DescribeTaskDetail', { TaskId })).Status).toBe('FINISH')
    })
    TaskIds.push(TaskId)
  }
})
afterAll(() => vod.close())

type Call = (action: string, request: { TaskId: string }) => Promise<Record<string, unknown>>

/** A read of the good task through something that changes VOD's answers. */
function readThrough(change: (call: Call) => Call) {
  const changed = { ...client, call: change(client.call as unknown as Call) } as unknown as VodClient
  const read = describeTaskDetail({
    clientFor: () => changed,
    macKeys: parseMacKeys(`test:${'0123456789abcdef'.repeat(2)}`),
    allow: [],
    keepSwept: () => {},
  })
  const look: ReadInput = {
    account: 'default',
    TaskId: TaskIds[1] ?? '',
    waits: [],
    lag: [5],
    untilTerminal: false,
  }
  return { read, look }
}

const wrong: readonly (readonly [of: string, change: (call: Call) => Call])[] = [
  ['another task, which has failed', (call) => (action) => call(action, { TaskId: TaskIds[0] ?? '' })],
  [
    'no task at all',
    (call) => async (action, request) => ({ ...(await call(action, request)), ProcedureTask: {} }),
  ],
]

it.each(wrong)('an answer about %s is no end: it is read again', async (_, change) => {
  const { read, look } = readThrough(change)
  await expect(new MockActivityEnvironment().run(read, look)).rejects.toMatchObject({
    type: 'NotYet',
    nextRetryDelay: 5,
    message: 'the answer does not name this task',
  })
})

it.each(wrong)('at once, an answer about %s is left to the queue of reads', async (_, change) => {
  const { read, look } = readThrough(change)
  const atOnce = readAtOnce(read, () => 'run')
  await expect(new MockActivityEnvironment().run(atOnce, look)).rejects.toMatchObject({
    type: 'ReadElsewhere',
  })
})

it('an answer about the task is its end', async () => {
  const { read, look } = readThrough((call) => call)
  expect(await new MockActivityEnvironment().run(read, look)).toMatchObject({
    reading: { TaskId: TaskIds[1], parts: [{ status: 'succeeded' }] },
  })
})
