import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import type { DataConverter } from '@temporalio/common'
import { SimplePlugin } from '@temporalio/plugin'
import { type ActivityInterceptorsFactory, NativeConnection, Worker } from '@temporalio/worker'
import Long from 'long'
import { afterEach, expect, it } from 'vitest'
import { type Stack, type StackOptions, startStack } from '../../src/cli/dev/stack.js'
import { connect, payloadEncryption, type Vodflow } from '../../src/client/index.js'
import { polledBy } from '../../src/client/pollers.js'
import { workflowQueue } from '../../src/contract/queues.js'
import { gather } from '../../src/operate/report/gather.js'
import { taskQueueType } from '../../src/temporal/enums.js'
import { VodflowPlugin } from '../../src/worker/index.js'
import { bound, converterPath, gzip } from '../support/converters/codecs.js'
import { transcodeOnly, withReview } from '../support/system.js'
import { pathOf } from '../support/theirs.js'
import { ownWorkflows } from '../support/workflowCode.js'

const payloadConverterPath = converterPath('payload')
const failureConverterPath = converterPath('failure')
const { payloadCodecs: encryption = [] } = payloadEncryption(`k1:${'ab'.repeat(32)}`)

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function start(options: StackOptions): Promise<Stack & { media(): Promise<string> }> {
  const stack = await startStack({
    vod: { media: 'instant', reviewTime: 60_000 },
    worker: { sweep: false },
    ...options,
  })
  closers.push(() => stack.close())
  for (const template of [transcodeOnly, withReview])
    await stack.vodClient.call('CreateProcedureTemplate', template)
  const empty = join(tmpdir(), `vodflow-converter-${process.pid}.mp4`)
  await writeFile(empty, '')
  return { ...stack, media: async () => (await stack.vod.upload(empty, { name: 'clip' })).FileId }
}

async function client(stack: Stack, dataConverter?: DataConverter, namespace = 'default'): Promise<Vodflow> {
  const options = { address: stack.temporal.address, namespace, ...(dataConverter ? { dataConverter } : {}) }
  const vodflow = await connect(options)
  closers.push(() => vodflow.close())
  return vodflow
}

/** A run that ends, one that is attached to, one that is canceled, one that is refused, a batch of three, and the report on them. */
async function work(vodflow: Vodflow, media: () => Promise<string>): Promise<string> {
  const request = { FileId: await media(), ProcedureName: 'one', SessionContext: 'schöne Grüße 🎬' }
  const run = await vodflow.process(request)
  expect(await run.result()).toMatchObject({ status: 'succeeded', SessionContext: 'schöne Grüße 🎬' })
  expect(await run.progress())?.toMatchObject({ phase: 'settled' })
  expect(await vodflow.process(request)).toMatchObject({ attached: true })

  const long = await vodflow.process({ ...request, ProcedureName: 'two' })
  await expect.poll(async () => (await long.progress())?.phase).toBe('waiting')
  await long.cancel()
  await expect(long.result()).rejects.toMatchObject({
    name: 'RunCanceledError',
    canceled: { left: [expect.any(String)] },
  })

  const refused = await vodflow.process({ ...request, ProcedureName: 'nobody-has-it' })
  const refusal = { name: 'RefusedError', message: expect.stringMatching(/refused: (?!Encoded)\S+/) }
  await expect(refused.result()).rejects.toMatchObject(refusal)

  const source = { FileIds: [await media(), await media(), await media()] }
  const batch = await vodflow.batches.start({ source, ProcedureName: 'one' }, { workflowId: 'films' })
  expect((await batch.result()).counts.ended.succeeded).toBe(3)

  const workflowIds = [run, long, refused, batch].map(({ workflowId }) => workflowId)
  const shown = JSON.stringify((await gather(vodflow, { id: 'all', workflowIds })).runs)
  expect(shown).not.toMatch(/not readable|Encoded failure/)
  expect(shown).toContain('nobody-has-it')
  return run.workflowId
}

async function refusesToRead(stranger: Vodflow, workflowId: string): Promise<void> {
  await expect((await stranger.attach(workflowId)).result()).rejects.toMatchObject({
    name: 'UnreadableError',
    message: expect.stringContaining('the command line cannot read the run: use connect({ dataConverter })'),
  })
}

it('a payload converter that nobody else reads', async () => {
  const dataConverter = { payloadConverterPath }
  const stack = await start({ dataConverter })
  const vodflow = await client(stack, dataConverter)
  const stranger = await client(stack)
  await refusesToRead(stranger, await work(vodflow, stack.media))

  // A hint that cannot be read is dropped; a start cannot be.
  const run = await vodflow.process({ FileId: await stack.media(), ProcedureName: 'two' })
  await expect.poll(async () => (await run.progress())?.phase).toBe('waiting')
  await stranger.client.workflow.getHandle(run.workflowId).signal('vodflow.hint', {})
  expect(await run.result()).toMatchObject({ status: 'succeeded' })
  const started = { workflowId: 'started-in-plain-json', taskQueue: workflowQueue, args: [{}] }
  await stranger.client.workflow.start('processMediaByProcedure', started)
  const connection = await NativeConnection.connect({ address: stack.temporal.address })
  closers.push(() => connection.close())
  const prebuilt = await Worker.create({
    connection,
    taskQueue: 'prebuilt',
    ...ownWorkflows,
    dataConverter,
    plugins: [new VodflowPlugin({ servedElsewhere: ['default'] })],
  })
  await expect(prebuilt.run()).rejects.toThrow(/made without the payload converter.*bundleWorkflowCode/)

  const hasty = await connect({ address: stack.temporal.address, dataConverter, answerTimeout: 3_000 })
  closers.push(() => hasty.close())
  await expect
    .poll(async () => (await (await hasty.attach(started.workflowId)).describe()).problem?.message)
    .toMatch(/json\/plain\); pass clients, callback services and workers the same dataConverter/)
})

it('also a failure converter, compression, encryption, and a codec that knows whose a payload is, brought to a worker of yours by a plugin of its connection', async () => {
  const payloadCodecs = [bound, gzip, ...encryption]
  const dataConverter = { payloadConverterPath, failureConverterPath, payloadCodecs }
  const stack = await start({})
  const namespace = 'yours'
  const { address } = stack.temporal
  const plain = await Connection.connect({ address })
  closers.push(() => plain.close())
  await plain.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: Long.fromNumber(86_400) },
  })
  const { TENCENTCLOUD_SECRET_ID: secretId = '', TENCENTCLOUD_SECRET_KEY: secretKey = '' } = stack.environment
  const plugin = new VodflowPlugin({
    accounts: { default: { endpoint: stack.vod.endpoint, credentials: { secretId, secretKey } } },
    macKeys: stack.macKeys,
    sweep: { interval: 500, gracePeriod: 0 },
  })
  const activities = new Set<string>()
  const seen: ActivityInterceptorsFactory = ({ info }) => {
    activities.add(info.activityType)
    return {}
  }
  const theirs = new SimplePlugin({ name: 'theirs', dataConverter, workerInterceptors: { activity: [seen] } })
  const connection = await NativeConnection.connect({ address, plugins: [theirs] })
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: 'yours',
    workflowsPath: pathOf('own'),
    plugins: [plugin],
  })
  const running = worker.run()
  closers.push(async () => {
    worker.shutdown()
    await running
    await connection.close()
  })
  const vodflow = await client(stack, dataConverter, namespace)
  await expect
    .poll(
      async () =>
        (await polledBy(vodflow.client, { name: workflowQueue, kind: taskQueueType.workflow })).pollers
          .length,
    )
    .toBe(1)
  // No callback reaches this namespace: the sweep ends its runs.
  await refusesToRead(await client(stack, undefined, namespace), await work(vodflow, stack.media))
  // Of the queues of calls and of vodflow's own workflows: its interceptors see companions too.
  for (const activity of ['ProcessMediaByProcedure', 'sweepTasks', 'startRuns'])
    expect(activities).toContain(activity)

  const begin = (type: string, ...args: unknown[]) =>
    vodflow.client.workflow.start(type, { workflowId: type, taskQueue: 'yours', args })
  const pipeline = await begin('gated', await stack.media())
  await expect.poll(async () => (await vodflow.gates('gated')).length).toBe(1)
  const [gate] = await vodflow.gates('gated')
  await vodflow.decide('gated', { gate: gate?.gate ?? '', decision: 'approved', by: 'anna', reason: 'good' })
  expect(await pipeline.result()).toBe('approved')

  await begin('wedged')
  await expect
    .poll(async () => (await (await vodflow.attach('wedged')).describe()).problem?.message)
    .toMatch(/no FileId in row 7/)

  await begin('triesAgain')
  await expect
    .poll(async () => (await (await vodflow.attach('triesAgain')).describe()).retried?.[0]?.problem)
    .toMatch(/saveEpisode/)
})
