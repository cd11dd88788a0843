import { fileURLToPath } from 'node:url'
import { loadClientConnectConfig } from '@temporalio/envconfig'
import { NativeConnection, Worker } from '@temporalio/worker'
import { parseMacKeys, VodflowPlugin } from 'vodflow/worker' // new
import * as activities from './existingActivities.js'

const { VODFLOW_MAC_KEYS, VODFLOW_VOD_ENDPOINT: endpoint = 'https://vod.intl.tencentcloudapi.com' } =
  process.env
const { namespace = 'default', connectionOptions } = loadClientConnectConfig()
const worker = await Worker.create({
  connection: await NativeConnection.connect(connectionOptions),
  namespace,
  taskQueue: 'lessons',
  workflowsPath: fileURLToPath(new URL('./existingWorkflows.ts', import.meta.url)),
  activities,
  // New. The keys are those of TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY.
  plugins: [
    new VodflowPlugin({ accounts: { default: { endpoint } }, macKeys: parseMacKeys(VODFLOW_MAC_KEYS) }),
  ],
})
await worker.run()
