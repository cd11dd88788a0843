import type { Client } from '@temporalio/client'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import type { PolledQueue } from './pollers.js'

/** A worker that has said at its last heartbeat that it stops. */
export interface StoppedWorker {
  readonly identity: string
  readonly taskQueue: string
  /** Time of that heartbeat, ms. */
  readonly at: number
}

/**
 * Returns the workers that have been stopped in the last minutes. Temporal lists their pollers for minutes after that, as if they still
 * polled (measured on 1.32). A process that was killed says nothing. Returns none if the server is too old, or if the client may not ask.
 */
export async function stoppedWorkers(client: Client): Promise<readonly StoppedWorker[]> {
  try {
    const { workersInfo } = await client.workflowService.listWorkers({
      namespace: client.options.namespace,
      query: 'WorkerStatus = "ShuttingDown"',
    })
    return (workersInfo ?? []).map(({ workerHeartbeat }) => ({
      identity: workerHeartbeat?.workerIdentity ?? '',
      taskQueue: workerHeartbeat?.taskQueue ?? '',
      at: Number(workerHeartbeat?.heartbeatTime?.seconds ?? 0) * 1_000,
    }))
  } catch (error) {
    const code = grpcCodeOf(error)
    const cannotTell: readonly unknown[] = [grpc.permissionDenied, grpc.unimplemented, grpc.invalidArgument]
    if (cannotTell.includes(code)) return []
    throw error
  }
}

/** Returns the queue without the pollers of stopped workers. A poll after the stop is that of a new worker with the same identity. */
export function withoutStopped(
  polled: PolledQueue,
  taskQueue: string,
  stopped: readonly StoppedWorker[],
): PolledQueue {
  const polls = ({ identity, polledAt }: PolledQueue['pollers'][number]) =>
    !stopped.some((each) => each.identity === identity && each.taskQueue === taskQueue && each.at >= polledAt)
  return { ...polled, pollers: polled.pollers.filter(polls) }
}
