import { Client, Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import { createDelivery, createPushHandler, startCallbackServer } from 'vodflow/callbacks'
import { createVodflowWorker, parseMacKeys } from 'vodflow/worker'
import type { SideSetup } from '../harness/side.js'
import { quiet } from './quiet.js'
import { serve } from './serve.js'

const { address, namespace, account, macKeys, sweep, maxCachedWorkflows } = JSON.parse(
  String(process.argv[2]),
) as SideSetup
const keys = parseMacKeys(macKeys)
quiet()
const connection = await Connection.connect({ address })
const handler = createPushHandler({
  keys,
  deliver: createDelivery({ client: new Client({ connection, namespace }) }),
})
const callbacks = await startCallbackServer({ handler, port: 0 })
const native = await NativeConnection.connect({ address })
const { endpoint, secretId, secretKey } = account
const worker = await createVodflowWorker({
  connection: native,
  namespace,
  accounts: { default: { endpoint, credentials: { secretId, secretKey } } },
  macKeys: keys,
  sweep: sweep === false ? false : { ...sweep, fullScanInterval: 3_600_000 },
  ...(maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows }),
})
const running = worker.run()
serve(callbacks.url, async () => {
  await callbacks.close()
  worker.shutdown()
  await running
  await Promise.all([native.close(), connection.close()])
})
