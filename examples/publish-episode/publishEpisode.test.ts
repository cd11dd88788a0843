import { fileURLToPath } from 'node:url'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect, type Vodflow } from 'vodflow'
import { VodflowPlugin } from 'vodflow/worker'
import { startReceiver } from './receiver.js'
import { startEpisode } from './start.js'

// `vodflow dev` sets both.
const { TEMPORAL_ADDRESS, VODFLOW_VOD_ENDPOINT } = process.env

let vodflow: Vodflow
let receiver: Awaited<ReturnType<typeof startReceiver>>
let stop: () => Promise<void>

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') })
  vodflow = await connect()
  receiver = await startReceiver()
  const connection = await NativeConnection.connect({ address: TEMPORAL_ADDRESS ?? '' })
  const worker = await Worker.create({
    connection,
    taskQueue: 'episodes',
    workflowsPath: fileURLToPath(new URL('workflows.ts', import.meta.url)),
    // `vodflow dev` makes the calls to VOD.
    plugins: [new VodflowPlugin({ servedElsewhere: ['default'], webhooks: { default: receiver.endpoint } })],
  })
  const running = worker.run()
  stop = async () => {
    worker.shutdown()
    await running
    await connection.close()
    await vodflow.close()
    receiver.close()
  }
}, 60_000) // Temporal bundles the workflows first.
afterAll(() => stop())

/** The local VOD moderates a film by its name. With --no-ffmpeg, it accepts any file as a film, even this one. */
const start = (id: string, title: string) => startEpisode(vodflow, { id, title, MediaUrl: import.meta.url })

it('publishes what VOD passes', async () => {
  const { decision } = await (await start('e01', 'A quiet evening')).result()
  expect(decision).toBe('approved')
  expect(receiver.types).toContain('episode.approved')
})

it('does not publish what VOD blocks', async () => {
  const { decision } = await (await start('e02', 'A film to block')).result()
  expect(decision).toBe('rejected')
})

it('asks a person if VOD is in doubt', async () => {
  const run = await start('e03', 'A film to review')
  const gates = () => vodflow.gates(run.workflowId)
  await expect.poll(gates, { timeout: 10_000 }).toMatchObject([{ gate: 'review', status: 'open' }])
  const decision = { gate: 'review', decision: 'approved', by: 'ada', reason: 'a beach' } as const
  await vodflow.decide(run.workflowId, decision)
  expect(await run.result()).toMatchObject({ decision: 'approved', by: 'ada' })
})

it('fails when a sub-task fails', async () => {
  const fault = { kind: 'failSubTask', Type: '*', code: 'SourceFileError.ContentMalformed', times: 1 }
  await fetch(`${VODFLOW_VOD_ENDPOINT}/_admin/faults`, { method: 'POST', body: JSON.stringify(fault) })
  const run = await start('e04', 'A broken film')
  await expect(run.result()).rejects.toThrow('SourceFileError.ContentMalformed')
})
