import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import Long from 'long'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect, type Vodflow } from '../../src/client/index.js'
import { VodflowPlugin } from '../../src/worker/index.js'
import { type System, startSystem } from '../support/system.js'
import { pathOf } from '../support/theirs.js'

/** Where nothing of vodflow runs but what the plugin of a user's worker brings. */
const namespace = 'plugin-only'

let system: System
let vodflow: Vodflow
let connection: Connection
let stop: () => Promise<void>

beforeAll(async () => {
  system = await startSystem()
  const { address } = system.temporal
  connection = await Connection.connect({ address })
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: Long.fromNumber(86_400) },
  })
  const { TENCENTCLOUD_SECRET_ID: secretId = '', TENCENTCLOUD_SECRET_KEY: secretKey = '' } =
    system.environment
  const plugin = new VodflowPlugin({
    accounts: { default: { endpoint: system.vod.endpoint, credentials: { secretId, secretKey } } },
    macKeys: system.macKeys,
    sweep: { interval: 500, gracePeriod: 0 },
  })
  // Given to the connection, it is one of every worker on it: its companions must not have companions.
  const native = await NativeConnection.connect({ address, plugins: [plugin] })
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue: 'theirs',
    workflowsPath: pathOf('composed'),
  })
  const running = worker.run()
  stop = async () => {
    worker.shutdown()
    await running
    await native.close()
  }
  vodflow = await connect({ address, namespace })
})
afterAll(async () => {
  await vodflow.close()
  await stop()
  await connection.close()
  await system.close()
})

it('steps in a workflow of the user are woken by the sweep: no callback reaches this namespace', async () => {
  const FileId = await system.media()
  const outcomes = await new Client({ connection, namespace }).workflow.execute('sideBySide', {
    workflowId: 'side-by-side',
    taskQueue: 'theirs',
    args: [[{ request: { FileId, ProcedureName: 'two' } }]],
  })
  expect(outcomes).toMatchObject([{ status: 'succeeded', endedBy: 'sweep' }])
})

it('runs and batches of the client are served too', async () => {
  const FileId = await system.media()
  const run = await vodflow.process({ FileId, ProcedureName: 'one' })
  expect((await run.result()).status).toBe('succeeded')
  const source = { FileIds: [await system.media(), await system.media()] }
  const batch = await vodflow.batches.start({ source, ProcedureName: 'one' }, { workflowId: 'batch' })
  expect((await batch.result()).counts.ended.succeeded).toBe(2)
})
