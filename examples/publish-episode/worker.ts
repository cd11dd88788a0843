import { fileURLToPath } from 'node:url'
import { NativeConnection, Worker } from '@temporalio/worker'
import { parseMacKeys, VodflowPlugin } from 'vodflow/worker'

const {
  TEMPORAL_ADDRESS: address = 'localhost:7233',
  VODFLOW_VOD_ENDPOINT: endpoint = 'https://vod.intl.tencentcloudapi.com',
  VODFLOW_MAC_KEYS,
  HOOK_URL = 'https://app.example.com/hooks',
  HOOK_SECRET = '',
} = process.env

const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: 'episodes',
  workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
  plugins: [
    new VodflowPlugin({
      accounts: { default: { endpoint } }, // keys from TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY
      macKeys: parseMacKeys(VODFLOW_MAC_KEYS),
      allow: ['ModifyMediaInfo', 'DeleteMedia'], // what callVod may change
      webhooks: { default: { url: HOOK_URL, secret: HOOK_SECRET } },
    }),
  ],
})
await worker.run()
