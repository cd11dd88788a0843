import { Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import Long from 'long'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connect, type Vodflow } from '../../src/client/index.js'
import { VodflowPlugin } from '../../src/worker/index.js'
import { type System, startSystem } from '../support/system.js'
import { pathOf } from '../support/theirs.js'

/** Where nothing of vodflow runs but what the plugin of a user's worker brings. */
const namespace = 'shutdown'
const taskQueue = 'theirs'

let system: System
let vodflow: Vodflow
let connection: Connection
beforeAll(async () => {
  // The task ends seconds after the worker was stopped.
  system = await startSystem({ media: 'instant', waitingTime: 4_000 })
  const { address } = system.temporal
  connection = await Connection.connect({ address })
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: Long.fromNumber(86_400) },
  })
  vodflow = await connect({ address, namespace })
})
afterAll(async () => {
  await vodflow.close()
  await connection.close()
  await system.close()
})

it('an activity that waits for a run gets its result within the grace of its worker', async () => {
  const { TENCENTCLOUD_SECRET_ID: secretId = '', TENCENTCLOUD_SECRET_KEY: secretKey = '' } =
    system.environment
  const plugin = new VodflowPlugin({
    accounts: { default: { endpoint: system.vod.endpoint, credentials: { secretId, secretKey } } },
    macKeys: system.macKeys,
    sweep: { interval: 500, gracePeriod: 0 },
  })
  const ends: string[] = []
  const native = await NativeConnection.connect({ address: system.temporal.address })
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue,
    workflowsPath: pathOf('waitsInActivity'),
    shutdownGraceTime: '1 minute',
    plugins: [plugin],
    activities: {
      async processed(FileId: string) {
        const { status } = await (await vodflow.process({ FileId, ProcedureName: 'one' })).result()
        ends.push(status)
        return status
      },
    },
  })
  const running = worker.run()
  const FileId = await system.media()
  await vodflow.client.workflow.start('waitsInActivity', { workflowId: 'waits', taskQueue, args: [FileId] })
  await expect.poll(() => system.tasksOf(FileId)).toHaveLength(1)
  worker.shutdown()
  await running
  await native.close()
  expect(ends).toEqual(['succeeded'])
  expect(system.tasksOf(FileId)[0]?.Status).toBe('FINISH')
})
