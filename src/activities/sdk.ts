import { loadPeer } from '../temporal/peers.js'

/** The exports that activities use at run time from a package that is installed only where a worker runs. */
export const {
  activityInfo,
  cancellationSignal,
  CompleteAsyncError,
  getClient,
  heartbeat,
  log,
  metricMeter,
} = loadPeer<typeof import('@temporalio/activity')>('vodflow/worker', '@temporalio/activity')
