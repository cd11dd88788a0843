// A worker as `vodflow worker` starts it, with the shorter times of the sweep.
import { NativeConnection } from '@temporalio/worker'
import { createVodflowWorker, parseMacKeys } from 'vodflow/worker'

const {
  TEMPORAL_ADDRESS: address,
  VODFLOW_VOD_ENDPOINT: endpoint,
  VODFLOW_MAC_KEYS,
  CHAOS_SWEEP,
} = process.env
const connection = await NativeConnection.connect({ address })
const worker = await createVodflowWorker({
  connection,
  accounts: { default: { endpoint } },
  macKeys: parseMacKeys(VODFLOW_MAC_KEYS),
  sweep: JSON.parse(CHAOS_SWEEP),
})
process.once('SIGTERM', () => worker.shutdown())
console.log('worker polling')
await worker.run()
await connection.close()
