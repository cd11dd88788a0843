import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createVodflowWorker, VodflowPlugin, type VodflowWorker } from '../../src/worker/index.js'
import { type OddVod, refusal, startOddVod } from '../support/oddVod.js'
import { type System, startSystem } from '../support/system.js'
import { pathOf } from '../support/theirs.js'
import { bundleOf } from '../support/workflowCode.js'

/** Half an emoji: no UTF-8 can say it, and Temporal's core refuses a message with it. */
const half = '\ud83c'
const account = 'odd'

let system: System
let vod: OddVod
let connection: NativeConnection
let worker: VodflowWorker
let running: Promise<unknown>

beforeAll(async () => {
  system = await startSystem()
  vod = await startOddVod()
  connection = await NativeConnection.connect({ address: system.temporal.address })
  worker = await createVodflowWorker({
    connection,
    accounts: { [account]: { endpoint: vod.endpoint, credentials: { secretId: 'i', secretKey: 'k' } } },
    macKeys: system.macKeys,
    sweep: false,
  })
  running = worker.run().catch((error: unknown) => error)
})
afterAll(async () => {
  worker?.shutdown()
  await running
  await connection?.close()
  await vod?.close()
  await system?.close()
})

const quick = { polls: [20], lag: [20], refusals: [20], looks: [], listings: [20], listingsGiveUp: 100 }

async function started(type: string, input: object) {
  return system.vodflow.client.workflow.start(type, {
    workflowId: `odd-${type}-${Math.random()}`,
    taskQueue: 'vodflow',
    args: [{ account, delays: quick, onFailure: 'return', ...input }],
  })
}

const ended = (Status: string, more: object = {}) => ({
  TaskType: 'Procedure',
  Status,
  CreateTime: new Date().toISOString(),
  ProcedureTask: { TaskId: 'a-task', Status, FileId: '528', MediaProcessResultSet: [], ...more },
})

describe('what VOD answers has half an emoji in it, and the worker goes on', () => {
  it.each([half, `${half}${half}`, `a\udf55b`, `PROCESSING${half}`])('Status %j', async (Status) => {
    vod.answer('DescribeTaskDetail', ended(Status))
    const run = await started('adoptTask', { TaskId: 'a-task' })
    const failures = async () => {
      const { raw } = await run.describe()
      return raw.pendingActivities?.map(({ lastFailure }) => lastFailure?.message ?? '').join() ?? ''
    }
    await expect.poll(failures).toContain('\ufffd')
    vod.answer('DescribeTaskDetail', ended('FINISH'))
    expect(await run.result()).toMatchObject({ TaskId: 'a-task', status: 'failed' })
    expect(worker.getState()).toBe('RUNNING')
  })
})

const requests: readonly (readonly [string, object])[] = [
  ['processMediaByProcedure', { FileId: '528', ProcedureName: 'one' }],
  ['pullUpload', { MediaUrl: 'https://media.example/a.mp4' }],
  ['splitMedia', { FileId: '528', Segments: [{ StartTimeOffset: 0, EndTimeOffset: 1 }] }],
]

describe('VOD refuses in words with half an emoji, and the run says so', () => {
  it.each(requests)('%s', async (type, request) => {
    const action = `${type.charAt(0).toUpperCase()}${type.slice(1)}`
    for (const [Code, Message] of [
      ['InvalidParameterValue', half],
      [`InvalidParameterValue.${half}`, 'a\udf55'],
      [`UnsupportedOperation${half}`, `${'x'.repeat(499)}\ud83c\udf55`],
    ] as const) {
      vod.answer(action, { ...(refusal(Code, Message) as object), RequestId: half })
      const run = await started(type, { request })
      const said = await ending(run.workflowId)
      expect(said).toContain(action)
      expect(said).not.toMatch(/\p{Surrogate}/u)
    }
    expect(worker.getState()).toBe('RUNNING')
  })

  /** Why it ended, or what it tries again for. */
  async function ending(workflowId: string): Promise<string> {
    const handle = system.vodflow.client.workflow.getHandle(workflowId)
    const said = async () => {
      const { status, raw } = await handle.describe()
      if (status.name !== 'RUNNING') return handle.result().catch((error) => String(error.cause?.message))
      return raw.pendingActivities?.map(({ lastFailure }) => lastFailure?.message ?? '').join() ?? ''
    }
    await expect.poll(said).toMatch(/: /)
    const words = String(await said())
    await handle.terminate().catch(() => {})
    return words
  }
})

it("a proxy's page with half an emoji is one more error that is tried again", async () => {
  vod.answer('ProcessMediaByProcedure', `<html>${half}</html>`)
  const request = { FileId: '528', ProcedureName: 'one' }
  const run = await started('processMediaByProcedure', { request, callbacks: false })
  const failure = async () => (await run.describe()).raw.pendingActivities?.[0]?.lastFailure?.message
  await expect.poll(failure).toContain('HTTP status 502')
  await run.terminate()
  expect(worker.getState()).toBe('RUNNING')
})

describe('workflows and activities of users, on a worker with the plugin', () => {
  let theirs: Worker
  let over: Promise<unknown>
  let theirConnection: NativeConnection
  const taskQueue = 'halves'

  beforeAll(async () => {
    theirConnection = await NativeConnection.connect({ address: system.temporal.address })
    theirs = await Worker.create({
      connection: theirConnection,
      taskQueue,
      workflowBundle: await bundleOf(pathOf('halves')),
      plugins: [new VodflowPlugin({ servedElsewhere: [] })],
      activities: {
        works: async () => 'done',
        throwsText: () => {
          throw half
        },
        throwsPlain: async () => {
          throw new Error(half, { cause: new Error(`b${half}`) })
        },
        throwsFrozen: async () => {
          throw Object.freeze(new Error(half))
        },
        throwsRecord: async () => {
          throw { message: half, stack: half }
        },
      },
    })
    over = theirs.run().catch((error: unknown) => error)
  })
  afterAll(async () => {
    theirs?.shutdown()
    await over
    await theirConnection?.close()
  })

  const start = (type: string, ...args: unknown[]) =>
    system.vodflow.client.workflow.start(type, { workflowId: `${type}-${Math.random()}`, taskQueue, args })

  it.each(['throwsText', 'throwsPlain', 'throwsFrozen', 'throwsRecord'])('an activity %s', async (name) => {
    const run = await start('failsByActivity', name)
    const error = await run.result().catch((error: unknown) => error)
    expect(String((error as { cause: { cause: Error } }).cause.cause.message)).toContain('\ufffd')
    expect(theirs.getState()).toBe('RUNNING')
  })

  it.each([half, `a${half}`, '\udf55\ud83c'])('a workflow fails with %j', async (text) => {
    const error = await (await start('failsWith', text)).result().catch((error: unknown) => error)
    const { message, details } = (error as { cause: { message: string; details: unknown[] } }).cause
    expect(message).toBe(text.toWellFormed())
    // A payload can say it.
    expect(details).toEqual([text])
  })

  it('a workflow fails with a megabyte of spaces', async () => {
    const error = await (await start('failsWith', ' '.repeat(1_000_000)))
      .result()
      .catch((error: unknown) => error)
    expect((error as { cause: Error }).cause.message).toHaveLength(10_000)
  })

  it('a plain error fails the workflow task, and not the worker', async () => {
    const run = await start('throwsPlain', half)
    await expect
      .poll(async () => (await run.describe()).raw.pendingWorkflowTask?.attempt ?? 0)
      .toBeGreaterThan(1)
    await run.terminate()
    expect(theirs.getState()).toBe('RUNNING')
  })

  it('ids and names', async () => {
    expect(await (await start('namesWithHalves')).result()).toBe('\ufffd')
  })

  it('queries, updates and their validators', async () => {
    const run = await start('takesAll')
    await expect(run.query('ask', half)).rejects.toThrow('\ufffd')
    await expect(run.executeUpdate('refuse', { args: [half] })).rejects.toThrow()
    await expect(run.executeUpdate('fail', { args: [half] })).rejects.toThrow()
    await run.signal('done')
    expect(await run.result()).toBe('done')
    expect(theirs.getState()).toBe('RUNNING')
  })
})

it.each(['request', 'MediaProcessTask', 'account'])(
  'a field of %s with a name of 900,000 spaces is refused, and the worker goes on',
  async (where) => {
    const name = ' '.repeat(900_000)
    const media = { FileId: await system.media(), ProcedureName: 'one' }
    const inputs: Record<string, [type: string, input: object]> = {
      request: ['processMediaByProcedure', { account: undefined, request: { ...media, [name]: 1 } }],
      MediaProcessTask: [
        'processMedia',
        { account: undefined, request: { FileId: media.FileId, MediaProcessTask: { [name]: 1 } } },
      ],
      account: ['processMediaByProcedure', { account: name, request: media }],
    }
    const [type = '', input = {}] = inputs[where] ?? []
    await expect((await started(type, input)).result()).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/^.{1,10000}$/s) },
    })
  },
  180_000,
)

it('and a good job is done', async () => {
  const run = await system.vodflow.process({ FileId: await system.media(), ProcedureName: 'one' })
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
})
