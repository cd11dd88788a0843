import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker'
import { callsPerSecond } from '../../src/contract/rates.js'
import { createFloorActivities } from '../floor/activities.js'
import { startFloorHandler } from '../floor/handler.js'
import type { SideSetup } from '../harness/side.js'
import { createPollingActivities } from '../rivals/polling.js'
import { quiet } from './quiet.js'
import { serve } from './serve.js'

const { address, namespace, account, pollMs, maxCachedWorkflows } = JSON.parse(
  String(process.argv[2]),
) as SideSetup
quiet()
const connection = await Connection.connect({ address })
const callbacks = await startFloorHandler(new Client({ connection, namespace }))
const native = await NativeConnection.connect({ address })
const worker = await Worker.create({
  connection: native,
  namespace,
  taskQueue: 'theirs',
  workflowBundle: await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./theirWorkflows.ts', import.meta.url)),
  }),
  activities: { ...createFloorActivities(account), ...createPollingActivities(account, pollMs) },
  ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
})
const limited = await Worker.create({
  connection: native,
  namespace,
  taskQueue: 'theirs.submit',
  activities: createFloorActivities(account),
  maxTaskQueueActivitiesPerSecond: callsPerSecond.submit,
})
const running = Promise.all([worker.run(), limited.run()])
serve(callbacks.url, async () => {
  callbacks.close()
  worker.shutdown()
  limited.shutdown()
  await running
  await Promise.all([native.close(), connection.close()])
})
