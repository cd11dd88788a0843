import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { Resource } from '@opentelemetry/resources'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { NativeConnection } from '@temporalio/worker'
import { expect, it } from 'vitest'
import { createDelivery, createPushHandler, startCallbackServer } from '../../src/callbacks/index.js'
import { startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { connect } from '../../src/client/connect.js'
import { startEmulator } from '../../src/emulator/index.js'
import { createTracing } from '../../src/telemetry/index.js'
import { createVodClient } from '../../src/vod/client.js'
import { createVodflowWorker, parseMacKeys } from '../../src/worker/index.js'
import { quietRuntime } from '../support/quietRuntime.js'
import { transcodeOnly } from '../support/system.js'

quietRuntime({ telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } } })

const keys = parseMacKeys(`k1:${'k'.repeat(32)}`)
const credentials = { secretId: 'test', secretKey: 'the-key-of-this-test' }

it('start, workflow, activity and signed call are one trace, and a refused call says its code', async () => {
  const exporter = new InMemorySpanExporter()
  const spanProcessor = new SimpleSpanProcessor(exporter)
  const resource = new Resource({ 'service.name': 'test' })
  const provider = new BasicTracerProvider({ resource, spanProcessors: [spanProcessor] })
  provider.register({ contextManager: new AsyncLocalStorageContextManager().enable() })
  const tracing = createTracing({ resource, spanProcessor })

  const temporal = await startTemporalDevServer()
  const vod = await startEmulator({ ...credentials, media: 'instant' })
  const account = { endpoint: vod.endpoint, credentials }
  const connection = await NativeConnection.connect({ address: temporal.address })
  const worker = await createVodflowWorker({
    connection,
    accounts: { default: account },
    macKeys: keys,
    sweep: false,
    tracing,
  })
  const running = worker.run()
  const vodflow = await connect({ address: temporal.address, plugins: [tracing.plugin] })
  try {
    const client = createVodClient(account)
    await client.call('CreateProcedureTemplate', transcodeOnly)
    const empty = join(tmpdir(), `vodflow-trace-${process.pid}.mp4`)
    writeFileSync(empty, '')
    const { FileId } = await vod.upload(empty, { name: 'clip' })
    vod.faults.add({ kind: 'loseReply', action: 'DescribeTaskDetail', times: 1 })
    await trace.getTracer('app').startActiveSpan('publish', async (span) => {
      const run = await vodflow.process({ FileId, ProcedureName: 'one', TasksNotifyMode: 'None' })
      expect((await run.result()).status).toBe('succeeded')
      span.end()
    })

    let spans = exporter.getFinishedSpans()
    const named = (name: string) => spans.filter((span) => span.name === name)
    const parentOf = (span: (typeof spans)[number]) =>
      spans.find((other) => other.spanContext().spanId === span.parentSpanId)
    const upwards = (span: (typeof spans)[number] | undefined): string[] =>
      span ? [span.name, ...upwards(parentOf(span))] : []

    const [submitted] = named('vod ProcessMediaByProcedure')
    expect(upwards(submitted)).toEqual([
      'vod ProcessMediaByProcedure',
      'RunActivity:ProcessMediaByProcedure',
      'StartActivity:ProcessMediaByProcedure',
      'RunWorkflow:processMediaByProcedure',
      'StartWorkflow:processMediaByProcedure',
      'publish',
    ])
    // The question at the start of the worker, whether VOD accepts the key, belongs to no run.
    const ofRun = spans.filter(({ name }) => name !== 'vod DescribeSubAppIds')
    expect(new Set(ofRun.map((span) => span.spanContext().traceId)).size).toBe(1)
    expect(submitted?.attributes).toMatchObject({
      'rpc.method': 'ProcessMediaByProcedure',
      'vodflow.request_id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    const reads = named('vod DescribeTaskDetail')
    expect(reads.map(({ attributes }) => attributes['error.type'])).toEqual([
      'ClientError.Network',
      undefined,
    ])

    // The read that a callback asks for is of the same trace, although the callback is of none.
    exporter.reset()
    const handler = createPushHandler({ keys, deliver: createDelivery({ client: vodflow.client }) })
    const callbacks = await startCallbackServer({ handler, port: 0 })
    await client.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl: callbacks.url })
    await trace.getTracer('app').startActiveSpan('publish again', async (span) => {
      const { FileId } = await vod.upload(empty, { name: 'another' })
      const outcome = await (await vodflow.process({ FileId, ProcedureName: 'one' })).result()
      expect(outcome).toMatchObject({ status: 'succeeded', endedBy: 'push' })
      span.end()
    })
    await callbacks.close()
    spans = exporter.getFinishedSpans()
    const [read] = named('vod DescribeTaskDetail')
    expect(upwards(read)).toEqual([
      'vod DescribeTaskDetail',
      'RunActivity:DescribeTaskDetail',
      'StartActivity:DescribeTaskDetail',
      'RunWorkflow:processMediaByProcedure',
      'StartWorkflow:processMediaByProcedure',
      'publish again',
    ])
    expect(JSON.stringify(spans.map(({ attributes }) => attributes))).not.toContain(credentials.secretKey)
  } finally {
    await vodflow.close()
    worker.shutdown()
    await running
    await connection.close()
    await vod.close()
    await temporal.close()
    await provider.shutdown()
    trace.disable()
  }
})
