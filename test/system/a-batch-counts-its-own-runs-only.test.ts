import { Client } from '@temporalio/client'
import { defaultPayloadConverter, type PayloadCodec } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { checkRuns } from '../../src/activities/batch/checkRuns.js'
import type { BatchRequest, ProcessRequest } from '../../src/client/index.js'
import type { ItemEnded } from '../../src/contract/batch.js'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 50 })
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

const batches = () => system.vodflow.batches
const over = (FileIds: readonly string[], more: Partial<BatchRequest> = {}): BatchRequest => ({
  source: { FileIds },
  ProcedureName: 'one',
  ...more,
})
const run = async (request: BatchRequest) => (await batches().start(request, { workflowId: batch })).result()
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
      const again = await batches().rerunFailed(batch, { reason: 'its id was taken' })
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

it.each<[string, (other: string) => string, string?]>([
  ['of another file', (other: string) => `${batch}/${other}`],
  ['that a stranger names', () => `stranger-${batch}`],
  ['of the batch without an item', () => batch],
  ['of another action', () => `${batch}/${FileId}`, 'processMedia'],
])('a run %s tells a batch nothing', async (_, idOf, type = 'processMediaByProcedure') => {
  const workflowId = idOf(await system.media())
  const input = { request: { FileId, ProcedureName: 'one' }, report: batch }
  const started = system.vodflow.client.workflow.execute(type, {
    workflowId,
    taskQueue: 'vodflow',
    args: [input],
  })
  await expect(started).rejects.toMatchObject({
    cause: { type: 'InvalidInput', message: expect.stringContaining('report: is only for runs') },
  })
  expect(system.tasksOf(FileId)).toHaveLength(0)
})

/** What another SDK, the Temporal UI or the Temporal CLI starts: a run without memo. */
const startByHand = (request: Partial<ProcessRequest>, more: Readonly<Record<string, unknown>> = {}) =>
  system.vodflow.client.workflow.start('processMediaByProcedure', {
    workflowId: `${batch}/${FileId}`,
    taskQueue: 'vodflow',
    args: [{ request: { FileId, ProcedureName: 'one', ...request }, ...more }],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
  })

/** What the batch finds of its item when it has heard nothing for a while. */
const check = () => {
  const { client } = system.vodflow
  const workflowExecution = { workflowId: batch, runId: 'any' }
  return new MockActivityEnvironment({ workflowExecution }, { client }).run(checkRuns, {
    FileIds: [FileId],
    work: { account: 'default', ProcedureName: 'one' },
  })
}

describe('a run without memo that has the id of an item', () => {
  it('is that of the item when it was started with the same request', async () => {
    await (await startByHand({})).result()
    const { counts } = await run(over([FileId], { skipDone: false }))
    expect(counts).toMatchObject({ tasks: 1, ended: { succeeded: 1, refused: 0 } })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })

  it('is another one when it was started with another request: nothing is called done', async () => {
    await (await startByHand({ ProcedureName: 'other' })).result()
    const { counts, failures } = await run(over([FileId], { skipDone: false, stopAtFailedPercent: 100 }))
    expect(failures).toMatchObject([
      { status: 'refused', reason: expect.stringContaining('another request') },
    ])
    expect(counts).toMatchObject({ tasks: 0, ended: { refused: 1 } })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })
})

describe('a run whose memo says that it is that of an item', () => {
  it('is another one when it was started with another request: nothing is called done', async () => {
    const other = await system.media()
    const request = (id: string) => ({ FileId: id, ProcedureName: 'one' })
    await system.vodflow.client.workflow.start('processMediaByProcedure', {
      workflowId: `${batch}/${FileId}`,
      taskQueue: 'vodflow',
      args: [{ request: request(other) }],
      memo: { 'vodflow.request': { request: request(FileId), account: 'default' } },
    })
    const { counts, failures } = await run(over([FileId], { skipDone: false, stopAtFailedPercent: 100 }))
    expect(failures).toMatchObject([{ FileId, status: 'refused' }])
    expect(counts).toMatchObject({ tasks: 0, ended: { refused: 1 } })
  })
})

describe('a batch that somebody else has started under another id', () => {
  const forge = async (workflowId: string, input: BatchRequest, memo: Record<string, unknown> = {}) => {
    const { client } = system.vodflow
    const options = { workflowId, taskQueue: 'vodflow', args: [input], memo }
    await (await client.workflow.start('processBatch', options)).result()
  }

  it('with a memo that says it has the request that is asked for: is another one', async () => {
    const first = await batches().start(over([FileId]), { workflowId: `${batch}-first` })
    await first.result()
    const { memo = {} } = await system.vodflow.client.workflow.getHandle(`${batch}-first`).describe()
    await forge(batch, over([await system.media()]), memo)
    await expect(batches().start(over([FileId]), { workflowId: batch })).rejects.toMatchObject({
      name: 'RequestMismatchError',
      differences: [{ field: 'source' }],
    })
  })

  it.each<[string, (other: string) => Partial<BatchRequest>]>([
    ['other files', (other) => ({ source: { FileIds: [other] } })],
    ['another procedure', () => ({ ProcedureName: 'other' })],
  ])('as a rerun with %s: the rerun processes what failed, and bills nothing else', async (_, forged) => {
    const other = await system.media()
    // Its item fails without a task, because its id is taken.
    const squat = await process({ FileId: other }, `${batch}/${FileId}`)
    await squat.result()
    await run(over([FileId], { skipDone: false, stopAtFailedPercent: 100 }))
    await forge(`${batch}/rerun-1`, over([FileId], { dryRun: true, skipDone: false, ...forged(other) }))
    const billed = () => system.tasksOf(other).length + system.tasksOf(FileId).length
    const before = billed()
    const again = await batches().rerunFailed(batch, { reason: 'its id was taken' })
    expect((await again.result()).counts).toMatchObject({ started: 1, ended: { succeeded: 1 } })
    expect(again.workflowId).toBe(`${batch}/rerun-2`)
    expect(billed()).toBe(before + 1)
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })
})

describe('a run of the same request that somebody else has started under the id of an item', () => {
  const ofStranger = (options: object) =>
    system.vodflow.client.workflow.start('processMediaByProcedure', {
      workflowId: `${batch}/${FileId}`,
      taskQueue: 'vodflow',
      args: [{ request: { FileId, ProcedureName: 'one' } }],
      ...options,
    })

  it('starts in a year: the batch does not wait for it, and names it', async () => {
    const handle = await ofStranger({ startDelay: '365 days' })
    const startsOnly = {
      status: 'unknown',
      reason: expect.stringContaining(`"${batch}/${FileId}" starts only at 20`),
    }
    expect(await check()).toMatchObject([startsOnly])
    const { counts, failures } = await run(over([FileId], { skipDone: false, stopAtFailedPercent: 100 }))
    expect(failures).toMatchObject([startsOnly])
    // It may still make them.
    expect(counts).toMatchObject({ started: 1, tasks: 1, ended: { unknown: 1 } })
    await handle.terminate()
  })

  /** A worker of a stranger ends the run with any result, or failure. */
  async function ends(handle: { readonly workflowId: string }, attributes: object, commandType: number) {
    const { client } = system.vodflow
    const { workflowService, options } = client
    const { namespace } = options
    const [identity, taskQueue] = ['a stranger', { name: handle.workflowId }]
    const { taskToken } = await client.withDeadline(Date.now() + 20_000, () =>
      workflowService.pollWorkflowTaskQueue({ namespace, taskQueue, identity }),
    )
    await workflowService.respondWorkflowTaskCompleted({
      namespace,
      taskToken,
      identity,
      commands: [{ commandType, ...attributes }],
    })
  }
  const odd = { status: 'succeeded', reason: '', tasks: [null], attempts: [null] }
  const payloads = (value: unknown) => ({ payloads: [defaultPayloadConverter.toPayload(value)] })

  it.each<[string, unknown]>([
    ['nothing', null],
    ['text', 'done'],
    ['no outcome', {}],
    ['one of another shape', odd],
    ['a status that is none', { ...odd, tasks: [], attempts: [], status: 'constructor' }],
  ])('returns %s: the batch ends, and counts it as unknown', async (_, value) => {
    const handle = await ofStranger({ taskQueue: `${batch}/${FileId}` })
    // COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION
    await ends(handle, { completeWorkflowExecutionCommandAttributes: { result: payloads(value) } }, 4)
    const { counts, failures } = await run(over([FileId], { skipDone: false, stopAtFailedPercent: 100 }))
    expect(failures).toMatchObject([
      { status: 'unknown', reason: expect.stringContaining('is not an outcome') },
    ])
    expect(counts).toMatchObject({ started: 1, tasks: 1, ended: { unknown: 1 } })
  })

  it('fails with no outcome as details: the batch ends, and counts it', async () => {
    const handle = await ofStranger({ taskQueue: `${batch}/${FileId}` })
    const applicationFailureInfo = { type: 'MediaFailed', details: payloads({ ...odd, status: 'failed' }) }
    const failure = { message: 'odd', applicationFailureInfo }
    // COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION
    await ends(handle, { failWorkflowExecutionCommandAttributes: { failure } }, 5)
    const { counts } = await run(over([FileId], { skipDone: false, stopAtFailedPercent: 100 }))
    expect(counts).toMatchObject({ started: 1, tasks: 1, ended: { canceled: 1 } })
  })
})

describe('a run that has the id of an item, and whose input this worker cannot read', () => {
  const foreign: PayloadCodec = {
    encode: async (payloads) =>
      payloads.map((payload) => ({ ...payload, metadata: { encoding: Buffer.from('binary/foreign') } })),
    decode: async (payloads) => payloads,
  }

  it('may be that of the item: nobody knows what it made, and it is not run again', async () => {
    const { connection } = system.vodflow.client
    const theirs = new Client({ connection, dataConverter: { payloadCodecs: [foreign] } })
    const handle = await theirs.workflow.start('processMediaByProcedure', {
      workflowId: `${batch}/${FileId}`,
      taskQueue: 'nobody',
      args: [{ request: { FileId, ProcedureName: 'one' } }],
    })
    const unreadable = { status: 'unknown', reason: expect.stringContaining('cannot read') }
    const { counts, failures } = await run(over([FileId], { stopAtFailedPercent: 100 }))
    expect(failures).toMatchObject([unreadable])
    expect(counts).toMatchObject({ tasks: 1, ended: { unknown: 1 } })
    // While it goes on it may say itself how it ends.
    expect(await check()).toEqual([])
    const again = batches().rerunFailed(batch, { reason: 'all of them', statuses: ['unknown'] })
    await expect(again).rejects.toMatchObject({ name: 'UnreadableError' })
    await handle.terminate()
    expect(await check()).toMatchObject([unreadable])
  })
})

describe('a run of another request that was started later under the id of an item', () => {
  it('ends in another way: what is counted is how the run of the item ended', async () => {
    system.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: 'SourceFileError', times: 1 })
    await run(over([FileId], { skipDone: false, stopAtFailedPercent: 100 }))
    await (await system.vodflow.attach(`${batch}/${FileId}`)).result()
    expect(await check()).toMatchObject([{ FileId, status: 'failed' }])
    await (await startByHand({ ProcedureName: 'other' })).result()
    expect(await check()).toMatchObject([{ FileId, status: 'failed' }])
  })

  it('goes on: the run of the item is over', async () => {
    await run(over([FileId], { skipDone: false }))
    await (await system.vodflow.attach(`${batch}/${FileId}`)).result()
    system.vod.faults.add({ kind: 'dropCallback' })
    const other = await startByHand({ ProcedureName: 'other' })
    expect(await check()).toMatchObject([{ FileId, status: 'succeeded' }])
    await other.terminate()
  })

  it('alone is left: nobody knows how the item ended', async () => {
    await (await startByHand({ ProcedureName: 'other' })).result()
    const [ended] = (await check()) as readonly ItemEnded[]
    expect(ended).toMatchObject({
      FileId,
      status: 'canceled',
      reason: expect.stringContaining('no longer has its run'),
    })
    expect(ended).not.toHaveProperty('tasks')
  })

  it('hides no run of the item from a rerun of what failed', async () => {
    const fault = { kind: 'error', action: 'ProcessMediaByProcedure', code: 'UnsupportedOperation' } as const
    system.vod.faults.add({ ...fault, times: 1 })
    await run(over([FileId], { stopAtFailedPercent: 100 }))
    const workflowId = `${batch}/${FileId}`
    await (await system.vodflow.attach(workflowId)).result().catch(() => {})
    await (await system.vodflow.retry(workflowId, { reason: 'the template is there' })).result()
    await (await startByHand({ ProcedureName: 'other' })).result()
    const again = batches().rerunFailed(batch, { reason: 'all that failed' })
    await expect(again).rejects.toThrow('still has the status')
    expect(system.tasksOf(FileId)).toHaveLength(2)
  })

  it('hides no run of the item from a start that is tried again', async () => {
    await (await process({}, `${batch}/${FileId}`)).result()
    await (await startByHand({ ProcedureName: 'other' })).result()
    const { counts } = await run(over([FileId], { skipDone: false }))
    expect(counts).toMatchObject({ tasks: 1, ended: { succeeded: 1, refused: 0 } })
    expect(system.tasksOf(FileId)).toHaveLength(2)
  })

  it('tells the batch nothing', async () => {
    system.vod.faults.add({ kind: 'dropCallback', times: 1 })
    const going = await batches().start(over([FileId], { skipDone: false, stopAtFailedPercent: 100 }), {
      workflowId: batch,
    })
    await expect.poll(() => system.tasksOf(FileId).length).toBe(1)
    const own = system.vodflow.client.workflow.getHandle(`${batch}/${FileId}`)
    await own.terminate()
    await (await startByHand({ ProcedureName: 'other' }, { report: batch })).result()
    expect((await going.progress())?.counts.ended).toMatchObject({ succeeded: 0 })
    await system.vodflow.client.workflow.getHandle(batch).terminate()
  })
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
    await expect(batches().rerunFailed(batch, { reason: 'all that failed' })).rejects.toThrow(
      'still has the status',
    )
    expect(FileIds.map((each) => system.tasksOf(each).length)).toEqual([1, 1])
  })

  it('is not run again either where the rerun failed too: the run of the batch was retried', async () => {
    await run(over([FileId], { stopAtFailedPercent: 100 }))
    const again = await batches().rerunFailed(batch, { reason })
    expect((await again.result()).counts.ended.refused).toBe(1)
    expect((await (await retry(`${batch}/${FileId}`)).result()).status).toBe('succeeded')
    await expect(batches().rerunFailed(batch, { reason })).rejects.toThrow('still has the status')
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
    const again = batches().rerunFailed(batch, {
      reason,
      ...(statuses ? { statuses: ['refused', ...statuses] } : {}),
    })
    if (more === 0) await expect(again).rejects.toThrow('still has the status')
    else await (await again).result()
    expect(system.tasksOf(FileId)).toHaveLength(1 + more)
  })

  it('is not run again while its run goes on', async () => {
    await run(over([FileId], { stopAtFailedPercent: 100 }))
    system.vod.faults.clear()
    system.vod.faults.add({ kind: 'error', action: 'ProcessMediaByProcedure', code: 'RequestLimitExceeded' })
    const again = await retry(`${batch}/${FileId}`)
    await expect(batches().rerunFailed(batch, { reason })).rejects.toMatchObject({
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
    const again = await batches().rerunFailed(batch, { reason: 'what is left' })
    expect((await again.result()).counts).toMatchObject({ read: 1, ended: { succeeded: 1 } })
    expect(FileIds.map((each) => system.tasksOf(each).length)).toEqual([1, 1])
  })
})

it.each(['pause', 'progress', 'result'] as const)('%s of a run that is no batch says so', async (ask) => {
  const { workflowId } = await process({}, `no-${batch}`)
  await (await system.vodflow.attach(workflowId)).result()
  await expect(batches().attach(workflowId)[ask]()).rejects.toThrow('is not the id of a batch')
})

it.each(['pause', 'resume'] as const)('%s of a batch that has ended says so', async (control) => {
  await run(over([FileId]))
  await expect(batches().attach(batch)[control]()).rejects.toThrow('has ended (COMPLETED)')
  await expect(batches().attach('no-such-batch')[control]()).rejects.toMatchObject({
    name: 'RunNotFoundError',
  })
})
