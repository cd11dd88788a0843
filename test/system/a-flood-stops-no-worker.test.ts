import type { ChildProcess } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DevServer, startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { connect } from '../../src/client/connect.js'
import type { Vodflow } from '../../src/client/vodflow.js'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { createVodClient } from '../../src/vod/client.js'
import { startCommand } from '../support/command.js'
import { transcodeOnly } from '../support/system.js'

const keys = { secretId: 'local', secretKey: 'local-key' }

let temporal: DevServer
let vod: Emulator
let vodflow: Vodflow
/** Processes of their own, because Node aborted the process of the worker. */
let worker: ChildProcess
let callbacks: ChildProcess

beforeAll(async () => {
  temporal = await startTemporalDevServer()
  vod = await startEmulator({ ...keys, media: 'instant', taskTime: 200 })
  vodflow = await connect({ address: temporal.address })
  const client = createVodClient({ endpoint: vod.endpoint, credentials: keys })
  await client.call('CreateProcedureTemplate', transcodeOnly)
  const deployment = { address: temporal.address, vod, keys }
  worker = (await startCommand(['worker'], /(vodflow worker: .*)/, deployment)).child
  const serving = ['callbacks', '--port', '0']
  const { child, ready: NotificationUrl } = await startCommand(
    serving,
    /vodflow callbacks on (\S+)/,
    deployment,
  )
  callbacks = child
  await client.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl })
})
afterAll(async () => {
  worker?.kill('SIGKILL')
  callbacks?.kill('SIGKILL')
  await vodflow?.close()
  await vod?.close()
  await temporal?.close()
})

async function media(): Promise<string> {
  const path = join(tmpdir(), `vodflow-flood-${process.pid}.mp4`)
  await writeFile(path, '')
  return (await vod.upload(path)).FileId
}

/** More than a batch takes before it continues as new. */
const mostSignals = 5_000
const floodMs = 15_000

const of = { account: 'default', ProcedureName: 'one' }

/** Signals of every kind, malformed and well-formed, that are about nothing in the run. */
const junk: readonly ((index: number) => readonly [signal: string, payload: unknown])[] = [
  () => ['vodflow.batch.ended', { x: 1 }],
  () => ['vodflow.batch.ended', { FileId: 'nobody', status: 'failed', reason: 'x', tasks: 1, of }],
  () => ['vodflow.hint', { x: 1 }],
  (index) => ['vodflow.hint', { v: 1, SessionId: `s${index}`, TaskId: `t${index}`, terminal: true }],
  () => ['vodflow.detach', 'nobody'],
  () => ['of-nobody', { x: 1 }],
]

/** Sends junk as fast as Temporal takes it. */
async function flood(workflowId: string): Promise<void> {
  const handle = vodflow.client.workflow.getHandle(workflowId)
  const until = performance.now() + floodMs
  let sent = 0
  const send = async () => {
    while (sent < mostSignals && performance.now() < until) {
      const [signal, payload] = (junk[sent % junk.length] as (typeof junk)[number])(sent)
      sent++
      await handle.signal(signal, payload)
    }
  }
  await Promise.all(Array.from({ length: 40 }, send))
}

it('a batch and the other runs go on under a flood of junk signals', async () => {
  const FileIds = await Promise.all(Array.from({ length: 10 }, media))
  const batch = await vodflow.batches.start(
    { source: { FileIds }, ProcedureName: 'one', skipDone: false, window: 2 },
    { workflowId: 'flooded' },
  )
  // The flood meets the batch for its whole length.
  await batch.pause()
  const processOther = async () => {
    const other = await vodflow.process({ FileId: await media(), ProcedureName: 'one' })
    return other.result()
  }
  const [other] = await Promise.all([processOther(), flood(batch.workflowId)])
  expect(other).toMatchObject({ status: 'succeeded' })
  await batch.resume()
  expect((await batch.result()).counts).toMatchObject({ ended: { succeeded: 10 } })
  expect(worker.exitCode ?? worker.signalCode).toBeNull()
})
