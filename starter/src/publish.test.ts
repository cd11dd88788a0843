import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect, type Vodflow } from 'vodflow'
import { startPublish } from './startPublish.js'
import { createWorker } from './worker.js'

// `vodflow dev` sets it, which `npm test` runs.
const vod = process.env.VODFLOW_VOD_ENDPOINT

let vodflow: Vodflow
let stop: () => Promise<void>

beforeAll(async () => {
  vodflow = await connect()
  const worker = await createWorker()
  const running = worker.run()
  stop = async () => {
    worker.shutdown()
    await running
    await vodflow.close()
  }
}, 60_000) // Temporal bundles the workflows first.
afterAll(() => stop())

/** The local VOD moderates a film by its name. With --no-ffmpeg, it accepts any file as a film. */
async function startFilm(name: string) {
  const uploaded = await fetch(`${vod}/_admin/upload/${name}`, { method: 'PUT', body: 'a film' })
  const { FileId } = (await uploaded.json()) as { FileId: string }
  return startPublish(vodflow, FileId)
}

it('publishes what VOD passes', async () => {
  const { decision, outputs } = await (await startFilm('clip.mp4')).result()
  expect(decision).toBe('approved')
  expect(outputs.map(({ Type }) => Type)).toContain('Transcode')
})

it('does not publish what VOD blocks', async () => {
  expect(await (await startFilm('block.mp4')).result()).toMatchObject({ decision: 'rejected', outputs: [] })
})

it('asks a person if VOD is in doubt', async () => {
  const run = await startFilm('review.mp4')
  const gates = () => vodflow.gates(run.workflowId)
  await expect.poll(gates, { timeout: 10_000 }).toMatchObject([{ gate: 'review', status: 'open' }])
  await vodflow.decide(run.workflowId, {
    gate: 'review',
    decision: 'rejected',
    by: 'ada',
    reason: 'too long',
  })
  expect(await run.result()).toMatchObject({ decision: 'rejected', reason: 'too long' })
})

it('fails when a sub-task fails', async () => {
  const fault = { kind: 'failSubTask', Type: 'Transcode', code: 'SourceFileError.ContentMalformed', times: 1 }
  await fetch(`${vod}/_admin/faults`, { method: 'POST', body: JSON.stringify(fault) })
  const run = await startFilm('broken.mp4')
  await expect(run.result()).rejects.toThrow('SourceFileError.ContentMalformed')
})
