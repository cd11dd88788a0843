import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, NoWorkerError, RequestMismatchError, RunTerminatedError } from '../../src/client/index.js'
import { createPollerCheck, queuesOf } from '../../src/client/pollers.js'
import { clockOf } from '../../src/client/temporalClock.js'
import { rates } from '../../src/contract/rates.js'
import { openRig, quickly, type Rig, soon } from './rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await openRig()
})
afterAll(() => rig?.close())

const request = { FileId: 'nobody', ProcedureName: 'TranscodeAndSnapshot' }
const queues = rates.map((rate) => `vodflow.eu.${rate}`)

describe('a start that nobody would do', () => {
  it('is refused by the names of the queues, with the command that helps, and starts nothing', async () => {
    const vodflow = await connect({ address: rig.address, account: 'eu' })
    const start = vodflow.process(request)
    await expect(start).rejects.toThrow(NoWorkerError)
    await expect(start).rejects.toMatchObject({ queues })
    await expect(start).rejects.toThrow(/"vodflow\.eu\.submit".*npx vodflow worker/)
    await expect(vodflow.attach('vod/account:eu/nobody/TranscodeAndSnapshot')).rejects.toThrow(/no run/)
    await vodflow.close()
  })

  it('goes through as soon as workers are there', async () => {
    const vodflow = await connect({ address: rig.address, account: 'late' })
    await expect(vodflow.process(request, quickly)).rejects.toThrow(NoWorkerError)
    const activities = rig.vod.activities()
    const workers = await Promise.all(
      rates.map((rate) =>
        Worker.create({
          connection: rig.connection,
          taskQueue: `vodflow.late.${rate}`,
          activities: { ...activities },
        }),
      ),
    )
    const running = Promise.all(workers.map((worker) => worker.run()))
    await expect
      .poll(() => vodflow.process(request, quickly).catch(({ name }) => name), soon)
      .toMatchObject({ attached: false })
    for (const worker of workers) worker.shutdown()
    await running
    await vodflow.close()
  })

  it('starts all the same when told to', async () => {
    const run = await rig.vodflow.process(request, {
      account: 'eu',
      requireWorker: false,
      workflowId: 'patient',
    })
    expect((await rig.vodflow.attach(run.workflowId)).chain).toBe(run.chain)
    const patient = rig.vodflow.process(request, { account: 'eu', workflowId: 'patient' })
    await expect(patient).rejects.toThrow(NoWorkerError)
  })

  it('is no start when the run has ended: its outcome is there', async () => {
    const run = await rig.vodflow.process(request, {
      account: 'eu',
      requireWorker: false,
      workflowId: 'past',
    })
    await rig.vodflow.client.workflow.getHandle('past').terminate()
    const again = await rig.vodflow.process(request, { account: 'eu', workflowId: 'past' })
    expect(again).toMatchObject({ attached: true, chain: run.chain })
  })
})

describe('a batch that nobody would do', () => {
  const library = { source: { FileIds: ['nobody'] }, ProcedureName: 'TranscodeAndSnapshot', account: 'eu' }
  const workflowId = 'library'

  it('is refused by the names of the queues, and starts nothing', async () => {
    const start = rig.vodflow.batches.start(library, { workflowId })
    await expect(start).rejects.toMatchObject({ name: 'NoWorkerError', queues })
    await expect(rig.vodflow.attach(workflowId)).rejects.toThrow(/no run/)
  })

  it('starts all the same when told to', async () => {
    await rig.vodflow.batches.start(library, { workflowId, requireWorker: false })
    const run = await rig.vodflow.attach(workflowId)
    expect(run.type).toBe('processBatch')
    await expect(rig.vodflow.batches.start(library, { workflowId })).rejects.toThrow(NoWorkerError)
  })

  it('is no start when the batch has ended, unless it is another batch', async () => {
    await rig.vodflow.client.workflow.getHandle(workflowId).terminate()
    const again = await rig.vodflow.batches.start(library, { workflowId })
    await expect(again.result()).rejects.toThrow(RunTerminatedError)
    const other = rig.vodflow.batches.start({ ...library, ProcedureName: 'other' }, { workflowId })
    await expect(other).rejects.toThrow(RequestMismatchError)
  })
})

describe('the look at the queues', () => {
  it('is taken again after 30 s, and a poller not seen for 90 s is gone', async () => {
    let now = 0
    let asked = 0
    const real = rig.vodflow.client
    const clock = { now: async () => ((await clockOf(real).now()) ?? Number.NaN) + now }
    const counted = {
      describeTaskQueue: (ask: Parameters<typeof real.workflowService.describeTaskQueue>[0]) => {
        asked++
        return real.workflowService.describeTaskQueue(ask)
      },
    }
    const client = Object.create(real, { workflowService: { value: counted } })
    const check = createPollerCheck(client, { answerTimeoutMs: 5_000, now: () => now, clock })
    await Promise.all([check.requireWorkers('default'), check.requireWorkers('default')])
    await check.requireWorkers('default')
    const each = queuesOf('default').length
    expect(asked).toBe(each)
    now += 29_000
    await check.requireWorkers('default')
    expect(asked).toBe(each)
    now += 2_000
    await check.requireWorkers('default')
    expect(asked).toBe(2 * each)
    now += 200_000
    await expect(check.requireWorkers('default')).rejects.toThrow(NoWorkerError)
  })
})
