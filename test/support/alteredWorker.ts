import { createVodflowWorker } from '../../src/worker/index.js'
import { type Alter, startAltered } from './altered.js'
import { type RunningWorker, runWorker } from './runningWorker.js'
import type { System } from './system.js'

/** Its account. */
export const account = 'altered'

/** Runs a worker with an account whose VOD is other than the local one. */
export async function startAlteredWorker(
  { vod, temporal, macKeys }: System,
  alter: Alter,
): Promise<RunningWorker> {
  const credentials = { secretId: 'any', secretKey: 'any' }
  const altered = await startAltered({ endpoint: vod.endpoint, credentials }, alter)
  const accounts = { [account]: { endpoint: altered.endpoint, credentials } }
  const worker = await runWorker(temporal.address, (connection) =>
    createVodflowWorker({ connection, accounts, macKeys, sweep: false }),
  )
  return {
    async close() {
      await worker.close()
      altered.close()
    },
  }
}
