import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from '@temporalio/worker'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../src/client/connect.js'
import { RefusedError, RequestMismatchError } from '../../src/client/index.js'
import type { Outcome } from '../../src/contract/outcome.js'
import { parseMacKeys } from '../../src/contract/seal/macKeys.js'
import { createVodflowWorker } from '../../src/worker/index.js'
import { type Operator, startOperator } from '../support/operator.js'
import { type RunningWorker, runWorker } from '../support/runningWorker.js'
import { type StepKind, stepKinds } from '../support/stepKinds.js'
import { type System, startSystem, transcodeOnly } from '../support/system.js'
import type { Tree } from '../support/tree.js'
import { plainBundleOf } from '../support/workflowCode.js'

let system: System
let operator: Operator
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100, reviewTime: 100 })
  operator = await startOperator(system)
})
afterEach(() => {
  system.vod.faults.clear()
  Object.assign(system.vod.switches, { reviewWithoutSessionId: false, dedupBeforeValidation: false })
})
afterAll(async () => {
  await operator?.close()
  await system?.close()
})

const delays = {
  listings: [200],
  polls: [100, 300],
  listingsGiveUp: 3_000,
  unlistedLooks: [1_000],
  overdue: 3_000,
  giveUp: 4_000,
}
let keys = 0
const newKey = () => `order-${++keys}`

/** By name, as any SDK starts it: each time another workflow id. */
const run = (step: string, input: object): Promise<Outcome> =>
  system.vodflow.client.workflow.execute(step, {
    workflowId: `keyed-${Math.random()}`,
    taskQueue: 'vodflow',
    args: [{ delays, onFailure: 'return', ...input }],
  })

describe('two workflows with one key', () => {
  it.each(Object.keys(stepKinds) as StepKind[])('have one task: %s', async (kind) => {
    const { step, request, tasks } = stepKinds[kind]
    const FileId = await system.media('film')
    const before = system.vod.books().tasks.length
    const input = { request: request(FileId, system.vod.endpoint), idempotencyKey: newKey() }
    const first = await run(step, input)
    const second = await run(step, input)
    expect(first).toMatchObject({ status: 'succeeded', attempts: [{ recovered: false }] })
    // What no listing shows is known to the first alone, whose events it has.
    const unlisted = 'unlisted' in stepKinds[kind]
    expect(second).toMatchObject({
      status: unlisted ? 'unknown' : 'succeeded',
      attempts: [{ recovered: true }],
    })
    expect(system.vod.books().tasks.length - before).toBe(tasks)
  })

  it('have its review too, where VOD does not echo the SessionId of a review', async () => {
    system.vod.switches.reviewWithoutSessionId = true
    const FileId = await system.media('please-block')
    const input = { request: { FileId, ProcedureName: 'two' }, idempotencyKey: newKey() }
    await run('processMediaByProcedure', input)
    expect(await run('processMediaByProcedure', input)).toMatchObject({
      status: 'succeeded',
      moderation: { Suggestion: 'block' },
    })
    expect(system.tasksOf(FileId)).toHaveLength(2)
  })

  it('at once wait for the same task: the second reads it, because its events go to the first', async () => {
    const FileId = await system.media()
    const input = { request: { FileId, ProcedureName: 'one' }, idempotencyKey: newKey() }
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => run('processMediaByProcedure', input)))
    expect(new Set(outcomes.map(({ TaskId }) => TaskId)).size).toBe(1)
    expect(outcomes.every(({ status }) => status === 'succeeded')).toBe(true)
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })
})

it('two namespaces, with workers, clients and MAC keys of their own, have one task for one key', {
  timeout: 180_000,
}, async () => {
  const namespace = 'another'
  const day = { seconds: 86_400 as never, nanos: 0 }
  await operator.client.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: day,
  })
  const { TENCENTCLOUD_SECRET_ID: secretId = '', TENCENTCLOUD_SECRET_KEY: secretKey = '' } =
    system.environment
  const { connection } = system.worker
  const account = { endpoint: system.vod.endpoint, credentials: { secretId, secretKey } }
  const macKeys = parseMacKeys(`other:${'fedcba9876543210'.repeat(2)}`)
  // A namespace is usable some seconds after it was registered.
  const worker = await retried(() =>
    createVodflowWorker({ connection, namespace, accounts: { default: account }, macKeys, sweep: false }),
  )
  const running = worker.run()
  const there = await connect({ address: system.temporal.address, namespace })
  try {
    const request = { FileId: await system.media(), ProcedureName: 'two' }
    const options = { idempotencyKey: newKey(), delays }
    await (await system.vodflow.process(request, options)).result()
    const again = await retried(() => there.process(request, options))
    expect(again.attached).toBe(false)
    expect(await again.result()).toMatchObject({ status: 'succeeded', attempts: [{ recovered: true }] })
    expect(system.tasksOf(request.FileId)).toHaveLength(2)
    for (const other of [{ FileId: await system.media() }, { ProcedureName: 'one' }]) {
      const refused = await there.process({ ...request, ...other }, { ...options, workflowId: newKey() })
      await expect(refused.result()).rejects.toThrow(`differs in ${Object.keys(other)[0]}`)
    }
  } finally {
    await there.close()
    worker.shutdown()
    await running
  }
})

async function retried<T>(work: () => Promise<T>): Promise<T> {
  let result: T | undefined
  await expect
    .poll(
      async () => {
        result = await work().catch(() => undefined)
        return result !== undefined
      },
      { timeout: 60_000, interval: 500 },
    )
    .toBe(true)
  return result as T
}

describe('a parent whose worker is without the plugin', () => {
  let worker: Worker
  let running: Promise<void>
  beforeAll(async () => {
    worker = await Worker.create({
      connection: system.worker.connection,
      taskQueue: 'plain',
      workflowBundle: await plainBundleOf(fileURLToPath(new URL('../support/tree.ts', import.meta.url))),
    })
    running = worker.run()
  })
  afterAll(async () => {
    worker?.shutdown()
    await running
  })

  const row = (...trees: Tree[]): Tree => ({ do: 'row', trees })
  const again = (tree: Tree): Tree => ({ do: 'again', tree, times: 3 })
  const plain = async (tree: Tree, attempts = 1): Promise<string> => {
    const retry = attempts === 1 ? {} : { retry: { maximumAttempts: attempts, initialInterval: 10 } }
    return operator.start(tree, { taskQueue: 'plain', ...retry })
  }
  const ended = (workflowId: string): Promise<Outcome[]> =>
    operator.client.workflow.getHandle(workflowId).result()

  it.each<[string, (child: Tree) => Promise<string>]>([
    [
      'that is reset',
      async (child) => {
        const workflowId = await plain(child)
        await ended(workflowId)
        await operator.reset(workflowId, (await operator.boundaries(workflowId))[0] ?? 0)
        return workflowId
      },
    ],
    ['that is retried', (child) => plain(row(child, { do: 'failBefore', attempt: 3 }), 3)],
    ['that starts the child again', (child) => plain(again(child))],
    [
      'that is started again',
      async (child) => {
        await ended(await plain(child))
        return plain(child)
      },
    ],
  ])('%s: a child with a key is one task', async (_, parent) => {
    const FileId = await system.media()
    const input = { request: { FileId, ProcedureName: 'one' }, idempotencyKey: newKey(), delays }
    const outcomes = await ended(await parent({ do: 'stepInChild', step: 'processMediaByProcedure', input }))
    expect(outcomes.at(-1)).toMatchObject({ status: 'succeeded', attempts: [{ recovered: true }] })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })
})

describe('other work under one key', () => {
  const file = join(tmpdir(), `vodflow-keyed-${process.pid}.mp4`)
  const SubAppId = 1_500_000_002
  let worker: RunningWorker
  beforeAll(async () => {
    await writeFile(file, '')
    await system.vodClient.call('CreateProcedureTemplate', { ...transcodeOnly, SubAppId })
    const { TENCENTCLOUD_SECRET_ID: secretId = '', TENCENTCLOUD_SECRET_KEY: secretKey = '' } =
      system.environment
    const account = { endpoint: system.vod.endpoint, credentials: { secretId, secretKey } }
    const accounts = { default: account, another: account }
    worker = await runWorker(system.temporal.address, (connection) =>
      createVodflowWorker({ connection, accounts, macKeys: system.macKeys, sweep: false }),
    )
  })
  afterAll(() => worker?.close())

  it.each<[string, (FileId: string) => Promise<readonly [string, object][]>]>([
    [
      'of two accounts',
      async (FileId) => {
        const request = { FileId, ProcedureName: 'one' }
        return [
          ['processMediaByProcedure', { request }],
          ['processMediaByProcedure', { request, account: 'another' }],
        ]
      },
    ],
    [
      'of two sub-apps',
      async (FileId) => {
        const there = await system.vod.upload(file, { SubAppId })
        return [
          ['processMediaByProcedure', { request: { FileId, ProcedureName: 'one' } }],
          [
            'processMediaByProcedure',
            { request: { FileId: there.FileId, ProcedureName: 'one', SubAppId }, callbacks: false },
          ],
        ]
      },
    ],
    [
      'with the number of the default sub-app, and without',
      async (FileId) => {
        const request = { FileId, ProcedureName: 'one' }
        return [
          ['processMediaByProcedure', { request }],
          ['processMediaByProcedure', { request: { ...request, SubAppId: 1_500_000_001 } }],
        ]
      },
    ],
    [
      'of two actions',
      async (FileId) => [
        ['processMediaByProcedure', { request: { FileId, ProcedureName: 'one' } }],
        ['processMedia', { request: { FileId, MediaProcessTask: transcodeOnly.MediaProcessTask } }],
        ['reviewAudioVideo', { request: { FileId, ReviewContents: ['Media'] } }],
      ],
    ],
  ])('%s has its own task', async (_, steps) => {
    const asked = await steps(await system.media())
    const before = system.vod.books().tasks.length
    const idempotencyKey = newKey()
    for (const [step, input] of asked)
      expect(await run(step, { ...input, idempotencyKey })).toMatchObject({
        status: 'succeeded',
        attempts: [{ recovered: false }],
      })
    const made = system.vod.books().tasks.slice(before)
    expect(new Set(made.map(({ SessionId }) => SessionId)).size).toBe(asked.length)
    expect(made).toHaveLength(asked.length)
  })
})

describe('days later one key is', () => {
  const now = Date.now
  beforeEach(() => {
    system.vod.switches.ignoreSkew = true
  })
  afterEach(() => {
    Date.now = now
    system.vod.switches.ignoreSkew = false
  })

  it.each<[StepKind, number, 'the same work' | 'new work']>([
    ['ProcessMediaByProcedure', 2, 'the same work'],
    ['ProcessMediaByProcedure', 6, 'the same work'],
    ['ProcessMediaByProcedure', 8, 'new work'],
    ['ProcessMedia', 2, 'the same work'],
    ['ProcessMedia', 4, 'new work'],
    ['PullUpload', 2, 'the same work'],
    ['PullUpload', 4, 'new work'],
  ])('of %s, after %d days: %s', async (kind, after, work) => {
    const { step, request, tasks } = stepKinds[kind]
    const FileId = await system.media('film')
    const before = system.vod.books().tasks.length
    const input = { request: request(FileId, system.vod.endpoint), idempotencyKey: newKey() }
    await run(step, input)
    Date.now = () => now() + after * 24 * 60 * 60_000
    const recovered = work === 'the same work'
    expect(await run(step, input)).toMatchObject({
      status: after > 3 && recovered ? 'unknown' : 'succeeded',
      attempts: [{ recovered }],
    })
    expect(system.vod.books().tasks.length - before).toBe(recovered ? tasks : 2 * tasks)
  })
})

describe('one key for two requests is an error that names the difference', () => {
  it.each([
    [
      'other media',
      'processMediaByProcedure',
      { ProcedureName: 'one' },
      ['FileId'],
      { ProcedureName: 'one' },
    ],
    [
      'another template',
      'processMediaByProcedure',
      { ProcedureName: 'one' },
      ['ProcedureName'],
      { ProcedureName: 'two' },
    ],
    [
      'both',
      'processMediaByProcedure',
      { ProcedureName: 'one' },
      ['FileId', 'ProcedureName'],
      { ProcedureName: 'two' },
    ],
    [
      'other sub-tasks',
      'processMedia',
      { MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } },
      ['MediaProcessTask'],
      { MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100020 }] } },
    ],
    ['another URL', 'pullUpload', { MediaUrl: 'a.mp4' }, ['MediaUrl'], { MediaUrl: 'b.mp4' }],
  ] as const)('%s', async (_, step, was, fields, is) => {
    const idempotencyKey = newKey()
    const media = await system.media()
    const other = fields.includes('FileId' as never) ? await system.media() : media
    const request = (FileId: string, asked: object) =>
      'MediaUrl' in asked ? { MediaUrl: `${system.vod.endpoint}/${asked.MediaUrl}` } : { FileId, ...asked }
    await run(step, { request: request(media, was), idempotencyKey })
    const before = system.vod.books().tasks.length
    const error = await run(step, { request: request(other, is), idempotencyKey }).catch((error) => error)
    expect(String(error.cause?.message)).toContain(`"${idempotencyKey}" was used for another request`)
    expect(String(error.cause?.message)).toContain(`it differs in ${fields.join(', ')};`)
    expect(system.vod.books().tasks.length).toBe(before)
  })

  it('for a client too, as a refusal', async () => {
    const idempotencyKey = newKey()
    const [a, b] = [await system.media(), await system.media()]
    await run('processMediaByProcedure', { request: { FileId: a, ProcedureName: 'one' }, idempotencyKey })
    const other = await system.vodflow.process(
      { FileId: b, ProcedureName: 'one' },
      { idempotencyKey, delays },
    )
    await expect(other.result()).rejects.toThrow(RefusedError)
    await expect(other.result()).rejects.toThrow(/differs in FileId/)
    expect(system.tasksOf(b)).toHaveLength(0)
  })
})

describe('the first send under a key that VOD refuses', () => {
  it('is believed when no listing shows a task', async () => {
    const FileId = await system.media()
    const input = { request: { FileId, ProcedureName: 'no-such-template' }, idempotencyKey: newKey() }
    const error = await run('processMediaByProcedure', {
      ...input,
      delays: { ...delays, listingsGiveUp: 500 },
    }).catch((error) => error)
    expect(String(error.cause?.message)).toContain('InvalidParameterValue.ProcedureName')
    expect(error.cause).toMatchObject({
      type: 'permanent',
      details: [{ code: 'InvalidParameterValue.ProcedureName' }],
    })
  })

  it('is not when another workflow has its task', async () => {
    const FileId = await system.media()
    const template = { Name: 'gone', MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] } }
    await system.vodClient.call('CreateProcedureTemplate', template)
    const input = { request: { FileId, ProcedureName: 'gone' }, idempotencyKey: newKey() }
    const { TaskId } = await run('processMediaByProcedure', input)
    await system.vodClient.call('DeleteProcedureTemplate', { Name: 'gone' })
    // Nobody can say any more which tasks the template asked for.
    expect(await run('processMediaByProcedure', input)).toMatchObject({ status: 'unknown', TaskId })
    expect(system.tasksOf(FileId)).toHaveLength(1)
  })
})

describe('the client', () => {
  it('makes the workflow id of the key: asking twice attaches, another request is refused', async () => {
    const [a, b] = [await system.media(), await system.media()]
    const idempotencyKey = newKey()
    const process = (FileId: string) =>
      system.vodflow.process({ FileId, ProcedureName: 'one' }, { idempotencyKey, delays })
    const first = await process(a)
    expect(first).toMatchObject({ attached: false, workflowId: `vod/key:${idempotencyKey}` })
    expect(await process(a)).toMatchObject({ attached: true, workflowId: first.workflowId })
    await first.result()
    const error = await process(b).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(RequestMismatchError)
    expect(String(error)).toContain('FileId')
    expect(system.tasksOf(b)).toHaveLength(0)
  })

  it('of one media file starts a run for each key', async () => {
    const FileId = await system.media()
    for (const idempotencyKey of [newKey(), newKey()])
      await (
        await system.vodflow.process({ FileId, ProcedureName: 'one' }, { idempotencyKey, delays })
      ).result()
    expect(system.tasksOf(FileId)).toHaveLength(2)
  })

  it('refuses another key under a workflow id that no key names', async () => {
    const FileId = await system.media()
    const request = { FileId, ProcedureName: 'one' }
    const workflowId = `named-${FileId}`
    await system.vodflow.process(request, { workflowId, idempotencyKey: newKey(), delays })
    const other = system.vodflow.process(request, { workflowId, idempotencyKey: newKey(), delays })
    await expect(other).rejects.toThrow(RequestMismatchError)
  })

  it.each([
    ['empty', ''],
    ['with a blank', 'order 42'],
    ['too long', 'x'.repeat(201)],
    ['not ASCII', 'Bestellung-für-42'],
  ])('refuses a key that is %s before anything is sent', async (_, idempotencyKey) => {
    const process = system.vodflow.process({ FileId: '528', ProcedureName: 'one' }, { idempotencyKey })
    await expect(process).rejects.toThrow(/^idempotencyKey: is not 1 to 200 printable ASCII/)
  })
})
