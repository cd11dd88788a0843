import { NativeConnection } from '@temporalio/worker'

/** A worker that runs until it is closed. */
export interface RunningWorker {
  close(): Promise<void>
}

/**
 * Runs a worker. Its connection is its own, because in one process Temporal takes a queue once for each connection.
 *
 * @param create - makes the worker
 */
export async function runWorker(
  address: string,
  create: (connection: NativeConnection) => Promise<{ run(): Promise<void>; shutdown(): void }>,
): Promise<RunningWorker> {
  const connection = await NativeConnection.connect({ address })
  const worker = await create(connection)
  const running = worker.run()
  return {
    async close() {
      worker.shutdown()
      await running
      await connection.close()
    },
  }
}
