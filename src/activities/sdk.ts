import { loadPeer } from '../temporal/peers.js'

/** What activities need at run time of a package that is installed only where a worker runs. */
export const {
  activityInfo,
  cancellationSignal,
  CompleteAsyncError,
  getClient,
  heartbeat,
  log,
  metricMeter,
} = loadPeer<typeof import('@temporalio/activity')>('vodflow/worker', '@temporalio/activity')
