import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LibraryRequest, ProcessRequest } from '../../src/client/index.js'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', instantMs: 50 })
  await system.vodClient.call('CreateProcedureTemplate', {
    Name: 'other',
    MediaProcessTask: {
      CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Percent', PositionValue: 10 }],
    },
  })
})
afterAll(() => system.close())
afterEach(() => system.vod.faults.clear())

let batch: string
let FileId: string
beforeEach(async () => {
  batch = `batch-${Math.random().toString(36).slice(2)}`
  FileId = await system.media()
})

const library = () => system.vodflow.library
const over = (FileIds: readonly string[], more: Partial<LibraryRequest> = {}): LibraryRequest => ({
  source: { FileIds },
  ProcedureName: 'one',
  ...more,
})
const run = async (request: LibraryRequest) => (await library().start(batch, request)).result()
const process = (request: Partial<ProcessRequest>, workflowId: string) =>
  system.vodflow.process({ FileId, ProcedureName: 'one', ...request } as ProcessRequest, { workflowId })

describe('the id of an item that is taken', () => {
  it.each([
    ['by a run with another procedure', { ProcedureName: 'other' }],
    ['by a run of another file', { FileId: 'another' }],
    ['by a run in another sub-app', { SubAppId: 1500000009 }],
  ] as [string, Partial<ProcessRequest>][])(
    '%s: the item is refused, nothing is called done, and a rerun does it',
    async (_, request) => {
      const other = request.FileId === undefined ? request : { FileId: await system.media() }
      await (await process(other, `${batch}/${FileId}`)).result().catch(() => {})
      const before = system.tasksOf(FileId).length
      const { counts, failures } = await run(over([FileId], { skipDone: false, stopAtFailedPercent: 100 }))
      expect(failures).toMatchObject([
        { status: 'refused', reason: expect.stringContaining('another request') },
      ])
      expect(counts).toMatchObject({ tasks: 0, ended: { refused: 1 } })
      expect(system.tasksOf(FileId)).toHaveLength(before)
      const again = await library().rerunFailed(batch, { reason: 'its id was taken' })
      expect((await again.result()).counts.ended.succeeded).toBe(1)
      expect(system.tasksOf(FileId)).toHaveLength(before + 1)
    },
  )

  it('by a workflow of another type, which never ends', async () => {
    const { client } = system.vodflow
    const handle = await client.workflow.start('anything', {
      workflowId: `${batch}/${FileId}`,
      taskQueue: 'nobody',
    })
    const { failures } = await run(over([FileId], { stopAtFailedPercent: 100 }))
    expect(failures).toMatchObject([{ status: 'refused' }])
    await handle.terminate()
  })

  it('by a run of the same request is that of the item', async () => {
    await (await process({ TasksPriority: 5 }, `${batch}/${FileId}`)).result()
    const { counts } = await run(over([FileId], { skipDone: false }))
    expect(counts.ended.succeeded).toBe(1)
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })
})

it.each([
  ['of another file', (other: string) => `${batch}/${other}`],
  ['that a stranger names', () => `stranger-${batch}`],
  ['of the batch without an item', () => batch],
])('a run %s tells a batch nothing', async (_, idOf) => {
  const workflowId = idOf(await system.media())
  const input = { request: { FileId, ProcedureName: 'one' }, report: batch }
  const started = system.vodflow.client.workflow.execute('processMediaByProcedure', {
    workflowId,
    taskQueue: 'vodflow',
    args: [input],
  })
  await expect(started).rejects.toMatchObject({
    cause: { type: 'InvalidInput', message: expect.stringContaining('report: is for the runs') },
  })
  expect(system.tasksOf(FileId)).toHaveLength(0)
})

describe('an item that failed, and was mended by hand', () => {
  const reason = 'a template was missing'
  /** Once the run has ended, which it does a moment after its batch. */
  const retry = async (workflowId: string) => {
    await (await system.vodflow.attach(workflowId)).result().catch(() => {})
    return system.vodflow.retry(workflowId, { reason })
  }

  beforeEach(async () => {
    system.vod.faults.add({
      kind: 'error',
      action: 'ProcessMediaByProcedure',
      code: 'UnsupportedOperation',
      times: 2,
    })
  })

  it('is not run again: by retry, by rerun', async () => {
    const FileIds = [FileId, await system.media()]
    await run(over(FileIds, { stopAtFailedPercent: 100 }))
    const [retried = '', rerun = ''] = FileIds.map((each) => `${batch}/${each}`)
    expect((await (await retry(retried)).result()).status).toBe('succeeded')
    const request = { FileId: FileIds[1] ?? '', ProcedureName: 'one' }
    const again = await system.vodflow.rerun(request, { workflowId: rerun, reason })
    expect((await again.result()).status).toBe('succeeded')
    await expect(library().rerunFailed(batch, { reason: 'all that failed' })).rejects.toThrow(
      'and was left so',
    )
    expect(FileIds.map((each) => system.tasksOf(each).length)).toEqual([1, 1])
  })

  it('is not run again either where the rerun failed too: the run of the batch was retried', async () => {
    await run(over([FileId], { stopAtFailedPercent: 100 }))
    const again = await library().rerunFailed(batch, { reason })
    expect((await again.result()).counts.ended.refused).toBe(1)
    expect((await (await retry(`${batch}/${FileId}`)).result()).status).toBe('succeeded')
    await expect(library().rerunFailed(batch, { reason })).rejects.toThrow('and was left so')
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it.each([
    [undefined, 0],
    [['partial'] as const, 1],
  ])('in part: statuses %j', async (statuses, more) => {
    await system.vodClient
      .call('CreateProcedureTemplate', {
        Name: 'parts',
        MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }, { Definition: 100030 }] },
      })
      .catch(() => {})
    system.vod.faults.clear()
    system.vod.faults.add({
      kind: 'error',
      action: 'ProcessMediaByProcedure',
      code: 'UnsupportedOperation',
      times: 1,
    })
    await run(over([FileId], { ProcedureName: 'parts', stopAtFailedPercent: 100 }))
    system.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: 'SourceFileError', times: 1 })
    const retried = await retry(`${batch}/${FileId}`)
    expect((await retried.result()).status).toBe('partial')
    const again = library().rerunFailed(batch, {
      reason,
      ...(statuses ? { statuses: ['refused', ...statuses] } : {}),
    })
    if (more === 0) await expect(again).rejects.toThrow('and was left so')
    else await (await again).result()
    expect(system.tasksOf(FileId)).toHaveLength(1 + more)
  })

  it('is not run again while its run goes on', async () => {
    await run(over([FileId], { stopAtFailedPercent: 100 }))
    system.vod.faults.clear()
    system.vod.faults.add({ kind: 'error', action: 'ProcessMediaByProcedure', code: 'RequestLimitExceeded' })
    const again = await retry(`${batch}/${FileId}`)
    await expect(library().rerunFailed(batch, { reason })).rejects.toMatchObject({
      name: 'RunStillOpenError',
    })
    system.vod.faults.clear()
    await again.result()
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('while others are', async () => {
    const FileIds = [FileId, await system.media()]
    await run(over(FileIds, { stopAtFailedPercent: 100 }))
    await (await retry(`${batch}/${FileId}`)).result()
    const again = await library().rerunFailed(batch, { reason: 'what is left' })
    expect((await again.result()).counts).toMatchObject({ read: 1, ended: { succeeded: 1 } })
    expect(FileIds.map((each) => system.tasksOf(each).length)).toEqual([1, 1])
  })
})

it('a run that is no batch cannot be paused as one', async () => {
  const { workflowId } = await process({}, `no-${batch}`)
  await (await system.vodflow.attach(workflowId)).result()
  await expect(library().attach(workflowId).pause()).rejects.toThrow('names no batch')
})

it.each(['pause', 'resume'] as const)('%s of a batch that has ended says so', async (control) => {
  await run(over([FileId]))
  await expect(library().attach(batch)[control]()).rejects.toThrow('has ended (COMPLETED)')
  await expect(library().attach('no-such-batch')[control]()).rejects.toMatchObject({
    name: 'RunNotFoundError',
  })
})
