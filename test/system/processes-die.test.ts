import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type DevServer, startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { connect } from '../../src/client/connect.js'
import type { Vodflow } from '../../src/client/vodflow.js'
import { randomFrom } from '../../src/emulator/faults.js'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { createVodClient } from '../../src/vod/client.js'
import { startCommand } from '../support/command.js'
import { transcodeOnly, withReview } from '../support/system.js'

const keys = { secretId: 'local', secretKey: 'local-key' }

let temporal: DevServer
let vod: Emulator
let vodflow: Vodflow
const children = new Set<ChildProcess>()

beforeAll(async () => {
  temporal = await startTemporalDevServer()
  vod = await startEmulator({ ...keys, media: 'instant', taskTime: 200 })
  vodflow = await connect({ address: temporal.address })
  const client = createVodClient({ endpoint: vod.endpoint, credentials: keys })
  for (const template of [transcodeOnly, withReview]) await client.call('CreateProcedureTemplate', template)
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await vodflow?.close()
  await vod?.close()
  await temporal?.close()
})

async function start(args: readonly string[], ready: RegExp) {
  const started = await startCommand(args, ready, { address: temporal.address, vod, keys })
  children.add(started.child)
  return started
}

const startWorker = () => start(['worker'], /(vodflow worker: .*)/)
const tasksOf = (FileId: string) => vod.books().tasks.filter((task) => task.FileId === FileId)

async function upload(): Promise<string> {
  const path = join(tmpdir(), `vodflow-process-${process.pid}.mp4`)
  await writeFile(path, '')
  return (await vod.upload(path)).FileId
}

async function end(child: ChildProcess): Promise<number | null> {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const [code] = await ended
  return code as number | null
}

it('worker and callback service as processes of their own run a job, and end with 0 when asked to', async () => {
  const client = createVodClient({ endpoint: vod.endpoint, credentials: keys })
  const callbacks = await start(['callbacks', '--port', '0'], /vodflow callbacks on (\S+)/)
  await client.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl: callbacks.ready })
  const worker = await startWorker()
  const run = await vodflow.process({ FileId: await upload(), ProcedureName: 'one' })
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
  await expect.poll(() => vod.books().callbacks.at(-1)).toMatchObject({ answer: 'HTTP 200' })
  expect(await end(worker.child)).toBe(0)
  expect(await end(callbacks.child)).toBe(0)
})

it('a worker killed while its submit is under way pays once: another one finds the task', async () => {
  const first = await startWorker()
  const FileId = await upload()
  vod.switches.acceptTime = 2_000
  const options = { callbacks: false, delays: { polls: [200], listings: [200] }, requireWorker: false }
  const run = await vodflow.process({ FileId, ProcedureName: 'one' }, options)
  await vi.waitUntil(() => vod.books().underWay > 0, { timeout: 60_000 })
  first.child.kill('SIGKILL')
  expect(tasksOf(FileId)).toHaveLength(0)
  await vi.waitUntil(() => tasksOf(FileId).length > 0, { timeout: 60_000 })
  const second = await startWorker()
  // The dead worker's attempt ends with its time limit of 30 s.
  expect(await run.result()).toMatchObject({ status: 'succeeded', attempts: [{ recovered: true }] })
  expect(tasksOf(FileId)).toHaveLength(1)
  expect(await end(second.child)).toBe(0)
})

it('batches whose worker is killed at random moments make no more tasks than they may, and count them all', async () => {
  vod.switches.acceptTime = 100
  const random = randomFrom(7)
  let worker = await startWorker()
  const wishes = [
    { ProcedureName: 'one', window: 20, maxTasks: 20 },
    { ProcedureName: 'one', window: 7, maxTasks: 15 },
    { ProcedureName: 'two', window: 10, maxTasks: 21, skipDone: false },
  ]
  const batches = await Promise.all(
    wishes.map(async (wish, index) => {
      const FileIds = await Promise.all(Array.from({ length: 45 }, upload))
      const request = { source: { FileIds }, ...wish, callbacks: false, delays: { polls: [300] } }
      return {
        FileIds,
        batch: await vodflow.batches.start(request, { workflowId: `killed-${index}` }),
        ...wish,
      }
    }),
  )
  const made = () => batches.flatMap(({ FileIds }) => FileIds).flatMap(tasksOf).length
  for (const goal of [3, 14, 31]) {
    // While runs are being started, and submits are on the wire.
    await vi.waitUntil(() => made() >= goal, { timeout: 120_000, interval: 5 })
    await new Promise((resolve) => setTimeout(resolve, random() * 60))
    worker.child.kill('SIGKILL')
    worker = await startWorker()
  }
  for (const { batch, FileIds, maxTasks, ProcedureName } of batches) {
    const { counts } = await batch.result()
    const own = FileIds.flatMap(tasksOf).length
    expect(own).toBeLessThanOrEqual(maxTasks)
    expect(counts.tasks).toBe(own)
    expect(counts.started).toBe(Math.floor(maxTasks / (ProcedureName === 'two' ? 2 : 1)))
  }
  await end(worker.child)
}, 300_000)
