import { loadPeer } from '../temporal/peers.js'

/** What a worker needs at run time of packages that are installed only where a worker runs. */
export const { DefaultLogger, NativeConnection, Runtime, Worker } = loadPeer<
  typeof import('@temporalio/worker')
>('vodflow/worker', '@temporalio/worker')
export const { SimplePlugin } = loadPeer<typeof import('@temporalio/plugin')>(
  'vodflow/worker',
  '@temporalio/plugin',
)
