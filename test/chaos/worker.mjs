// A worker as `vodflow worker` starts it, with the shorter times of the sweep that a run of chaos has.
import { NativeConnection } from '@temporalio/worker'
import { createVodflowWorker, parseMacKeys } from '../../dist/worker/index.js'

const {
  TEMPORAL_ADDRESS: address,
  VODFLOW_VOD_ENDPOINT: endpoint,
  VODFLOW_MAC_KEYS,
  CHAOS_SWEEP,
  CHAOS_NAMESPACE,
} = process.env
// Temporal may be away at this moment: a supervisor would try again, too.
const connection = await NativeConnection.connect({ address })
const worker = await createVodflowWorker({
  connection,
  namespace: CHAOS_NAMESPACE,
  accounts: { default: { endpoint } },
  macKeys: parseMacKeys(VODFLOW_MAC_KEYS),
  sweep: JSON.parse(CHAOS_SWEEP),
})
const running = worker.run()
process.once('SIGTERM', () => worker.shutdown())
console.log('worker polling')
await running
await connection.close()
