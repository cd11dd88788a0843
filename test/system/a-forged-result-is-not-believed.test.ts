import { defaultPayloadConverter } from '@temporalio/common'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { BatchReport } from '../../src/contract/batch.js'
import { sweepIdOf, sweepType } from '../../src/contract/sweep.js'
import type { UploadReport } from '../../src/workflows/processUpload.js'
import { type System, startSystem } from '../support/system.js'

const soon = { timeout: 60_000, interval: 50 }

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 50 })
})
afterEach(() => system.vod.faults.clear())
afterAll(() => system?.close())

let runs = 0
const newId = (name: string) => `forged-${name}-${process.pid}-${++runs}`

async function start(workflowType: string, workflowId: string, input: unknown) {
  const { workflow } = system.vodflow.client
  return workflow.start(workflowType, { workflowId, taskQueue: 'vodflow', args: [input] })
}

/** Completes the next activity of this type that is pending, as `temporal activity complete` does it. */
async function complete(workflowId: string, type: string, result: unknown): Promise<void> {
  const { client } = system.vodflow
  const { namespace } = client.options
  const pending = async () => {
    const { raw } = await client.workflow.getHandle(workflowId).describe()
    return raw.pendingActivities?.find(({ activityType }) => activityType?.name === type)?.activityId ?? ''
  }
  await expect.poll(pending, soon).not.toBe('')
  const payloads = [defaultPayloadConverter.toPayload(result)]
  const activityId = await pending()
  await client.workflowService.respondActivityTaskCompletedById({
    namespace,
    workflowId,
    activityId,
    result: { payloads },
  })
}

const slow = (action: string, times: number) =>
  system.vod.faults.add({ kind: 'slow', action, delay: 1_500, times })

const batchOf = (FileIds: readonly string[]) => ({
  source: { FileIds },
  ProcedureName: 'one',
  skipDone: false,
})

describe('a batch', () => {
  it('processes its own input, whatever openBatch returns', async () => {
    const [mine, theirs] = [await system.media(), await system.media()]
    slow('DescribeProcedureTemplates', 1)
    const id = newId('open')
    const run = await start('processBatch', id, batchOf([mine]))
    await complete(id, 'openBatch', {
      input: { ...batchOf([theirs]), ProcedureName: 'two', account: 'default', window: 2_000 },
      template: { TaskTypes: ['Procedure'], outputs: [], UpdateTime: '' },
    })
    expect(await run.result()).toMatchObject({ total: 1, counts: { ended: { succeeded: 1 } } })
    expect([system.tasksOf(mine), system.tasksOf(theirs)].map(({ length }) => length)).toEqual([1, 0])
  })

  it('counts its own items only, whatever startRuns returns', async () => {
    const FileIds = [await system.media(), await system.media()]
    slow('DescribeMediaInfos', 1)
    const id = newId('start')
    const run = await start('processBatch', id, batchOf(FileIds))
    const started = Array.from({ length: 20_000 }, (_, n) => `${n}`.padStart(64, 'z'))
    await complete(id, 'startRuns', { started, ended: [], skipped: [], missing: [], repeated: [] })
    const { counts, total } = (await run.result()) as BatchReport
    expect({ counts, total }).toMatchObject({ total: 2, counts: { started: 2, ended: { succeeded: 2 } } })
    expect(FileIds.flatMap(system.tasksOf)).toHaveLength(2)
  })

  it.each([null, 7, { started: {} }])('asks again after %j', async (result) => {
    const FileId = await system.media()
    slow('DescribeProcedureTemplates', 1)
    slow('DescribeMediaInfos', 1)
    const id = newId('malformed')
    const run = await start('processBatch', id, batchOf([FileId]))
    await complete(id, 'openBatch', result)
    await complete(id, 'startRuns', result)
    expect(await run.result()).toMatchObject({ total: 1, counts: { ended: { succeeded: 1 } } })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('asks again for a page of a search that is none', async () => {
    const StoragePath = `/${newId('page')}/`
    const FileId = await system.media('page', StoragePath)
    slow('SearchMedia', 1)
    const id = newId('page')
    const source = { search: { FileIds: [FileId] } }
    const run = await start('processBatch', id, { ...batchOf([]), source })
    await complete(id, 'readIds', { FileIds: [''], cursor: { read: -1 } })
    expect(await run.result()).toMatchObject({ total: 1, counts: { ended: { succeeded: 1 } } })
  })
})

describe('an upload', () => {
  it.each([null, { kind: 'confirmed', media: { FileId: 'theirs' } }, { kind: 'ignored' }])(
    'is confirmed again after %j',
    async (result) => {
      const FileId = await system.media()
      slow('DescribeMediaInfos', 1)
      const id = newId('upload')
      const work = { ProcedureName: 'one' }
      const run = await start('processUpload', id, { FileId, work, delays: { uploadTasks: 10 } })
      await complete(id, 'confirmUpload', result)
      const report = (await run.result()) as UploadReport
      expect(report).toMatchObject({ FileId, status: 'processed', outcome: { status: 'succeeded' } })
    },
  )

  it('fails, and not its workflow task, once every result was malformed', async () => {
    slow('DescribeMediaInfos', 3)
    const id = newId('upload')
    const run = await start('processUpload', id, {
      FileId: await system.media(),
      work: { ProcedureName: 'one' },
    })
    for (let call = 0; call < 3; call++) await complete(id, 'confirmUpload', [])
    await expect(run.result()).rejects.toMatchObject({ cause: { type: 'Malformed' } })
  })
})

describe('the sweep', () => {
  it.each([
    null,
    [],
    { newest: 'x', tasks: 0, hinted: 0 },
    { newest: 1e300, tasks: 0, hinted: 0 },
    { newest: 8e15, tasks: 0, hinted: 0 },
  ])('goes on after %j', async (result) => {
    slow('DescribeTasks', 1)
    const account = 'default'
    const SubAppId = 1_500_000_500 + ++runs
    const id = sweepIdOf({ account, SubAppId })
    const run = await start(sweepType, id, { account, SubAppId, times: { interval: 100, gracePeriod: 0 } })
    await complete(id, 'sweepTasks', result)
    const windows = () => system.vod.books().calls.filter((call) => call.action === 'DescribeTasks').length
    const before = windows()
    await expect.poll(windows, soon).toBeGreaterThan(before + 2)
    const { raw } = await run.describe()
    expect(raw.pendingWorkflowTask?.attempt ?? 1).toBe(1)
    await run.terminate()
  })
})
