import { fileURLToPath } from 'node:url'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { parseMacKeys, prometheusMetrics, VodflowPlugin, watchGauges } from 'vodflow/worker'
import * as activities from './existingActivities.js'

const { VODFLOW_MAC_KEYS, VODFLOW_METRICS = '127.0.0.1:9464', VODFLOW_VOD_ENDPOINT: endpoint } = process.env
// Install it before the first connection.
Runtime.install({ telemetryOptions: { metrics: prometheusMetrics(VODFLOW_METRICS) } })
const { namespace = 'default', connectionOptions } = loadClientConnectConfig()
const connection = await NativeConnection.connect(connectionOptions)
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue: 'lessons',
  workflowsPath: fileURLToPath(new URL('./existingWorkflows.ts', import.meta.url)),
  activities,
  plugins: [
    new VodflowPlugin({ accounts: { default: { endpoint } }, macKeys: parseMacKeys(VODFLOW_MAC_KEYS) }),
  ],
})
const stopCounting = watchGauges({ connection, namespace, accounts: ['default'] })
await worker.run()
await stopCounting()
await connection.close()
