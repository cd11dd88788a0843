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
const FileIds: string[] = []
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
    FileIds.push(FileId)
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
    FileId: FileIds[1] ?? '',
    waits: [],
    lag: [5],
    untilTerminal: false,
  }
  return { read, look }
}

/** An answer that names this file, or none. */
const aboutFile =
  (FileId: () => unknown) => (call: Call) => async (action: string, request: { TaskId: string }) => {
    const { ProcedureTask, ...detail } = await call(action, request)
    return { ...detail, ProcedureTask: { ...Object(ProcedureTask), FileId: FileId() } }
  }

const wrong: readonly (readonly [of: string, change: (call: Call) => Call, said: string])[] = [
  [
    'another task, which has failed',
    (call) => (action) => call(action, { TaskId: TaskIds[0] ?? '' }),
    'the answer is about another task or file',
  ],
  ['the task of another file', aboutFile(() => FileIds[0]), 'the answer is about another task or file'],
  [
    'no task at all',
    (call) => async (action, request) => ({ ...(await call(action, request)), ProcedureTask: {} }),
    'the answer does not name the task',
  ],
]

it.each(wrong)('an answer about %s is no end: it is read again', async (_, change, message) => {
  const { read, look } = readThrough(change)
  await expect(new MockActivityEnvironment().run(read, look)).rejects.toMatchObject({
    type: 'NotYet',
    nextRetryDelay: 5,
    message,
  })
})

it('after the last wait, an answer about another task does not show the task', async () => {
  const { read, look } = readThrough((call) => (action) => call(action, { TaskId: TaskIds[0] ?? '' }))
  expect(await new MockActivityEnvironment().run(read, { ...look, lag: [] })).toEqual({
    kind: 'gone',
    TaskId: TaskIds[1],
    answeredAbout: TaskIds[0],
  })
})

it('after the last wait, an answer about another file does not show the task', async () => {
  const { read, look } = readThrough(aboutFile(() => FileIds[0]))
  expect(await new MockActivityEnvironment().run(read, { ...look, lag: [] })).toEqual({
    kind: 'gone',
    TaskId: TaskIds[1],
    answeredAbout: FileIds[0],
    ofFile: true,
  })
})

it.each(['', null, undefined])('an answer that names no file (%j) is believed', async (FileId) => {
  const { read, look } = readThrough(aboutFile(() => FileId))
  expect(await new MockActivityEnvironment().run(read, look)).toMatchObject({ kind: 'seen' })
})

it('an answer about any file is believed if the request names none', async () => {
  const { read, look } = readThrough(aboutFile(() => FileIds[0]))
  const { FileId: _, ...open } = look
  expect(await new MockActivityEnvironment().run(read, open)).toMatchObject({ kind: 'seen' })
})

it('after the last wait, an answer that names no task is believed', async () => {
  const change = (call: Call) => async (action: string, request: { TaskId: string }) => {
    const { ProcedureTask, ...detail } = await call(action, request)
    return { ...detail, ProcedureTask: { ...Object(ProcedureTask), TaskId: undefined } }
  }
  const { read, look } = readThrough(change)
  expect(await new MockActivityEnvironment().run(read, { ...look, lag: [] })).toMatchObject({
    kind: 'seen',
    namesNone: true,
    reading: { TaskId: TaskIds[1], parts: [{ status: 'succeeded' }] },
  })
})

it('an answer about another task, running or ended, uses the waits of a late answer before those of an open task', async () => {
  for (const Status of ['PROCESSING', 'FINISH']) {
    const { read, look } = readThrough((call) => async (action) => ({
      ...(await call(action, { TaskId: TaskIds[0] ?? '' })),
      Status,
    }))
    const attempt = async (heartbeatDetails: object | undefined) => {
      const environment = new MockActivityEnvironment({ attempt: 2, heartbeatDetails })
      return environment.run(read, { ...look, waits: [7] })
    }
    await expect(attempt(undefined)).rejects.toMatchObject({ nextRetryDelay: 5 })
    await expect(attempt({ open: 0, ended: 1 })).rejects.toMatchObject({ nextRetryDelay: 7 })
    expect(await attempt({ open: 1, ended: 1 })).toMatchObject({ kind: 'gone' })
  }
})

it('an answer about the task gives the waits of a late answer back', async () => {
  const { read, look } = readThrough((call) => async (action, request) => ({
    ...(await call(action, request)),
    Status: 'PROCESSING',
  }))
  const environment = new MockActivityEnvironment({ attempt: 2, heartbeatDetails: { open: 3, ended: 1 } })
  const beats: unknown[] = []
  environment.on('heartbeat', (details) => beats.push(details))
  const poll = { ...look, waits: [7], untilTerminal: true }
  await expect(environment.run(read, poll)).rejects.toMatchObject({ nextRetryDelay: 7 })
  expect(beats.at(-1)).toEqual({ shown: true, open: 4, ended: 0 })
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
