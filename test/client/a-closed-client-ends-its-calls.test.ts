import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type BatchHandle,
  ClosedError,
  connect,
  type RunHandle,
  type Vodflow,
} from '../../src/client/index.js'
import { openRig, quickly, type Rig } from './rig.js'
import { Wire } from './wire.js'

const request = { FileId: 'pending', ProcedureName: 'TranscodeAndSnapshot' }
const library = { source: { FileIds: ['pending'] }, ProcedureName: 'TranscodeAndSnapshot' }
const again = { reason: 'again' }

interface Handles {
  readonly vodflow: Vodflow
  readonly run: RunHandle<unknown>
  readonly batch: BatchHandle
}

/** Every call of the client, its runs and its batches. */
const calls: Record<string, (handles: Handles) => Promise<unknown>> = {
  process: ({ vodflow }) => vodflow.process(request),
  'process, of which the worker is not asked for': ({ vodflow }) =>
    vodflow.process(request, { requireWorker: false }),
  start: ({ vodflow }) => vodflow.start('publish', { id: 'pending', taskQueue: 'films' }),
  rerun: ({ vodflow }) => vodflow.rerun(request, again),
  retry: ({ vodflow }) => vodflow.retry('pending', again),
  adopt: ({ vodflow }) => vodflow.adopt({ TaskId: '1500000001-Procedure-pending' }),
  attach: ({ vodflow }) => vodflow.attach('pending'),
  gates: ({ vodflow }) => vodflow.gates('pending'),
  decide: ({ vodflow }) =>
    vodflow.decide('pending', { gate: 'film', decision: 'approved', by: 'ann', reason: 'seen' }),
  list: ({ vodflow }) => vodflow.list()[Symbol.asyncIterator]().next(),
  'batches.start': ({ vodflow }) => vodflow.batches.start(library, { workflowId: 'library' }),
  'batches.plan': ({ vodflow }) => vodflow.batches.plan(library),
  'batches.rerunFailed': ({ vodflow }) => vodflow.batches.rerunFailed('library', again),
  'batches.schedule': ({ vodflow }) =>
    vodflow.batches.schedule(library, { scheduleId: 'nightly', spec: { intervals: [{ every: '1 day' }] } }),
  'run.result': ({ run }) => run.result(),
  'run.progress': ({ run }) => run.progress(),
  'run.steps': ({ run }) => run.steps(),
  'run.describe': ({ run }) => run.describe(),
  'run.watch': ({ run }) => run.watch()[Symbol.asyncIterator]().next(),
  'run.cancel': ({ run }) => run.cancel(),
  'run.detach': ({ run }) => run.detach(),
  'batch.progress': ({ batch }) => batch.progress(),
  'batch.result': ({ batch }) => batch.result(),
  'batch.pause': ({ batch }) => batch.pause(),
  'batch.setWindow': ({ batch }) => batch.setWindow(5),
  'batch.stop': ({ batch }) => batch.stop('enough'),
}

let rig: Rig
beforeAll(async () => {
  rig = await openRig()
  await rig.vodflow.process({ ...request, FileId: 'running' }, { ...quickly, workflowId: 'running' })
})
afterAll(() => rig?.close())

/** Temporal stops to answer a client. `close` leaves the connection open, because it belongs to the test. */
async function held(use: (handles: Handles) => Promise<void>) {
  const wire = new Wire(Number(rig.address.split(':').at(-1)))
  // Without the retries of Temporal's client, which would go on after the end of the test.
  const connection = await Connection.connect({ address: await wire.listen(), interceptors: [] })
  try {
    const handles = await handlesOf(
      await connect({ client: new Client({ connection }), answerTimeout: 5_000 }),
    )
    wire.hold()
    await use(handles)
  } finally {
    await connection.close()
    wire.close()
  }
}

async function handlesOf(vodflow: Vodflow): Promise<Handles> {
  return { vodflow, run: await vodflow.attach('running'), batch: vodflow.batches.attach('library') }
}

describe('when the signal of a call is aborted, its reason ends', () => {
  const reason = new Error('enough')
  const signaled: Record<string, (vodflow: Vodflow, signal: AbortSignal) => Promise<unknown>> = {
    process: (vodflow, signal) => vodflow.process(request, { signal }),
    start: (vodflow, signal) => vodflow.start('publish', { id: 'pending', taskQueue: 'films', signal }),
    rerun: (vodflow, signal) => vodflow.rerun(request, { ...again, signal }),
    adopt: (vodflow, signal) => vodflow.adopt({ TaskId: '1500000001-Procedure-pending' }, { signal }),
    'batches.start': (vodflow, signal) => vodflow.batches.start(library, { workflowId: 'library', signal }),
  }

  it.each(Object.keys(signaled))('a pending %s', async (name) => {
    await held(async ({ vodflow }) => {
      const stop = new AbortController()
      const ended = expect(signaled[name]?.(vodflow, stop.signal)).rejects.toBe(reason)
      await sleep(20)
      stop.abort(reason)
      await ended
    })
  })

  it.each(Object.keys(signaled))('a later %s', async (name) => {
    await expect(signaled[name]?.(rig.vodflow, AbortSignal.abort(reason))).rejects.toBe(reason)
  })
})

describe('when the client is closed, a ClosedError ends', () => {
  it.each(Object.keys(calls))('a pending %s', async (name) => {
    await held(async (handles) => {
      const ended = expect(calls[name]?.(handles)).rejects.toThrow(ClosedError)
      await sleep(20)
      await handles.vodflow.close()
      await ended
    })
  })

  it.each(Object.keys(calls))('a later %s', async (name) => {
    const handles = await handlesOf(await connect({ client: rig.vodflow.client }))
    await handles.vodflow.close()
    await expect(calls[name]?.(handles)).rejects.toThrow(ClosedError)
  })
})
