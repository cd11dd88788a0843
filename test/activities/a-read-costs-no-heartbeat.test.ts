import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ActivityContext } from '../../src/activities/context.js'
import { describeTaskDetail } from '../../src/activities/describeTaskDetail.js'
import { describeTasks } from '../../src/activities/describeTasks.js'
import { findPulled } from '../../src/activities/findPulled.js'
import { sweepTasks } from '../../src/activities/sweepTasks.js'
import type { ReadInput } from '../../src/contract/activities.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { createVodClient, type VodClient } from '../../src/vod/client.js'

const keys = { secretId: 'id', secretKey: 'key' }
let vod: Emulator
let client: VodClient
beforeAll(async () => {
  vod = await startEmulator({ ...keys, media: 'instant', taskTime: 1 })
  client = createVodClient({ endpoint: vod.endpoint, credentials: keys })
  await client.call('CreateProcedureTemplate', {
    Name: 'one',
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
  })
})
afterAll(() => vod.close())

/** Each is a request to Temporal, and an action that Temporal Cloud bills. */
async function heartbeatsOfRead(info: { readonly attempt: number }): Promise<number> {
  const file = join(tmpdir(), `vodflow-read-${process.pid}.mp4`)
  await writeFile(file, '')
  const { FileId } = await vod.upload(file)
  const { TaskId } = await client.call('ProcessMediaByProcedure', { FileId, ProcedureName: 'one' })
  await expect.poll(async () => (await client.call('DescribeTaskDetail', { TaskId })).Status).toBe('FINISH')
  const read = describeTaskDetail({
    clientFor: () => client,
    macKeys: parseMacKeys(`test:${'0123456789abcdef'.repeat(2)}`),
    allow: [],
    keepSwept: () => {},
  })
  const look: ReadInput = { account: 'default', TaskId, waits: [], lag: [], untilTerminal: false }
  const environment = new MockActivityEnvironment(info)
  let heartbeats = 0
  environment.on('heartbeat', () => heartbeats++)
  expect(await environment.run(read, look)).toMatchObject({ kind: 'seen', reading: { Status: 'FINISH' } })
  return heartbeats
}

it('a read that finds what an event announced sends no heartbeat', async () => {
  expect(await heartbeatsOfRead({ attempt: 1 })).toBe(0)
})

it('one that is tried again sends none either, because Temporal keeps the details of the attempt before', async () => {
  expect(await heartbeatsOfRead({ attempt: 2 })).toBe(0)
})

const nothing = { TaskSet: [], MediaInfoSet: [], ScrollToken: '' }
const context = {
  clientFor: () => ({ call: async () => nothing }),
  macKeys: parseMacKeys(`test:${'0123456789abcdef'.repeat(2)}`),
} as unknown as ActivityContext
const app = { account: 'default' }
const search = { ...app, SessionId: 'a'.repeat(40), expected: [], settleMs: 0, waits: [1], giveUpAfter: 0 }

it.each<[string, (given: never) => Promise<unknown>, object, object]>([
  [
    'search for tasks',
    describeTasks(context),
    search,
    { ScrollToken: 'x', page: 1, listing: 0, wide: false, tasks: [] },
  ],
  ['search for a pulled file', findPulled(context), search, { Offset: 100, search: 0 }],
  [
    'pass of the sweep',
    sweepTasks(context),
    { ...app, gracePeriod: 0 },
    { ScrollToken: 'x', page: 1, newest: 0, tasks: 0, hinted: 0 },
  ],
])('the last page of a %s sends none', async (_, activity, given, heartbeatDetails) => {
  const environment = new MockActivityEnvironment({ attempt: 2, heartbeatDetails })
  let heartbeats = 0
  environment.on('heartbeat', () => heartbeats++)
  await environment.run(activity, given as never)
  expect(heartbeats).toBe(0)
})
