import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeTaskDetail } from '../../src/activities/describeTaskDetail.js'
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
