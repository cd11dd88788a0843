import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NativeConnection } from '@temporalio/worker'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DevServer, startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { connect } from '../../src/client/connect.js'
import type { RunHandle } from '../../src/client/run.js'
import type { Vodflow } from '../../src/client/vodflow.js'
import { sweepIdOf } from '../../src/contract/sweep.js'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { createVodClient } from '../../src/vod/client.js'
import { createVodflowWorker, parseMacKeys } from '../../src/worker/index.js'
import { makeCurrent } from '../support/builds.js'
import { quietRuntime } from '../support/quietRuntime.js'
import { transcodeOnly } from '../support/system.js'

const keys = { secretId: 'local', secretKey: 'local-key' }
const soon = { timeout: 60_000, interval: 250 }

let temporal: DevServer
let vod: Emulator
let vodflow: Vodflow
let connection: NativeConnection
const stops: (() => Promise<void>)[] = []

beforeAll(async () => {
  quietRuntime()
  temporal = await startTemporalDevServer()
  vod = await startEmulator({ ...keys, media: 'instant', taskTime: 20 })
  vodflow = await connect({ address: temporal.address })
  connection = await NativeConnection.connect({ address: temporal.address })
  const client = createVodClient({ endpoint: vod.endpoint, credentials: keys })
  await client.call('CreateProcedureTemplate', transcodeOnly)
  // Nobody pulls: every event is lost.
  await client.call('ModifyEventConfig', { Mode: 'PULL' })
})
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()))
  await connection?.close()
  await vodflow?.close()
  await vod?.close()
  await temporal?.close()
})

/** A worker that sweeps every second. @returns a function that stops it. */
async function work(buildId?: string): Promise<() => Promise<void>> {
  const worker = await createVodflowWorker({
    connection,
    accounts: { default: { endpoint: vod.endpoint, credentials: keys } },
    macKeys: parseMacKeys(`k1:${'x'.repeat(32)}`),
    sweep: { interval: 1_000, gracePeriod: 0 },
    ...(buildId === undefined ? {} : { deployment: { deploymentName: 'vodflow', buildId } }),
  })
  const running = worker.run()
  const stop = async () => {
    worker.shutdown()
    await running
  }
  stops.push(stop)
  return stop
}

const current = (buildId: string) => makeCurrent(vodflow.client, { deploymentName: 'vodflow', buildId })

async function media(name: string): Promise<string> {
  const path = join(tmpdir(), `vodflow-sweep-${globalThis.process.pid}.mp4`)
  await writeFile(path, '')
  return (await vod.upload(path, { name })).FileId
}

const process = async (name: string): Promise<RunHandle> =>
  vodflow.process({ FileId: await media(name), ProcedureName: 'one' }, { requireWorker: false })

const sweepId = sweepIdOf({ account: 'default' })
const versioningOf = async (workflowId: string) =>
  (await vodflow.client.workflow.getHandle(workflowId).describe()).raw.workflowExecutionInfo?.versioningInfo
const buildOf = async (workflowId: string) => (await versioningOf(workflowId))?.deploymentVersion?.buildId
const buildOfSweep = () => buildOf(sweepId)

let a: () => Promise<void>

it('a run is not started where only a build polls that is not the current one', async () => {
  a = await work('a')
  const start = async () => vodflow.process({ FileId: 'any', ProcedureName: 'one' })
  await expect(start()).rejects.toThrow(
    /Only workers of builds poll "vodflow", .*set-current-version --deployment-name vodflow --build-id a/,
  )
})

it('the sweep that an earlier build has pinned goes on where a new build is used; its own build does not hold it', async () => {
  const unversioned = await work()
  expect(await (await process('before')).result()).toMatchObject({ endedBy: 'sweep' })

  await current('a')
  await unversioned()
  await expect.poll(buildOfSweep, soon).toBe('a')
  await work('b')
  await current('b')
  await a()
  expect(await (await process('on b')).result()).toMatchObject({ status: 'succeeded', endedBy: 'sweep' })
  expect(await buildOfSweep()).toBe('b')
})

it('the sweep that a build has started follows the current one by itself', async () => {
  await vodflow.client.workflow.getHandle(sweepId).terminate()
  const stopB = stops.at(-1)
  await work('c')
  await current('c')
  await stopB?.()
  expect(await (await process('on c')).result()).toMatchObject({ endedBy: 'sweep' })
  expect(await versioningOf(sweepId)).toMatchObject({ behavior: 2, versioningOverride: null })
  const stopC = stops.at(-1)
  await work('d')
  await current('d')
  await stopC?.()
  await expect.poll(buildOfSweep, soon).toBe('d')
})

it('a batch moves to a new build while it runs, and loses nothing', async () => {
  const FileIds = await Promise.all(['1', '2', '3', '4', '5', '6'].map(media))
  const batch = await vodflow.batches.start(
    { source: { FileIds }, ProcedureName: 'one', window: 1 },
    { workflowId: 'moves' },
  )
  await expect.poll(() => buildOf(batch.workflowId), soon).toBe('d')
  await work('e')
  await current('e')
  await expect.poll(() => buildOf(batch.workflowId), soon).toBe('e')
  expect(await batch.result()).toMatchObject({ counts: { ended: { succeeded: 6 } } })
})
