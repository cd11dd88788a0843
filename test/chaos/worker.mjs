// A worker as `vodflow worker` starts it, with the shorter times of the sweep that a run of chaos has.
import { NativeConnection, Worker } from '@temporalio/worker'
import { createVodflowWorker, parseMacKeys, VodflowPlugin } from '../../dist/worker/index.js'

const {
  TEMPORAL_ADDRESS: address,
  VODFLOW_VOD_ENDPOINT: endpoint,
  VODFLOW_MAC_KEYS,
  CHAOS_SWEEP,
  CHAOS_NAMESPACE,
  CHAOS_PIPELINES,
  CHAOS_WEBHOOK,
  CHAOS_BUILD: buildId,
} = process.env
// Temporal may be away at this moment: a supervisor would try again, too.
const connection = await NativeConnection.connect({ address })
const version = { deploymentName: 'chaos', buildId }
const worker = await createVodflowWorker({
  deployment: version,
  connection,
  namespace: CHAOS_NAMESPACE,
  accounts: { default: { endpoint } },
  macKeys: parseMacKeys(VODFLOW_MAC_KEYS),
  sweep: JSON.parse(CHAOS_SWEEP),
  allow: ['ModifyMediaInfo', 'DeleteMedia'],
})
// And one of a user, with pipelines of their own.
const theirs = await Worker.create({
  connection,
  namespace: CHAOS_NAMESPACE,
  taskQueue: 'pipelines',
  workflowBundle: { codePath: CHAOS_PIPELINES },
  workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' },
  plugins: [new VodflowPlugin({ servedElsewhere: [], webhooks: { default: JSON.parse(CHAOS_WEBHOOK) } })],
})
const running = Promise.all([worker.run(), theirs.run()])
process.once('SIGTERM', () => {
  worker.shutdown()
  if (theirs.getState() === 'RUNNING') theirs.shutdown()
})
console.log('worker polling')
await running
await connection.close()
