import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker'
import Long from 'long'
import { mediaHandler } from './handler.js'
import { mediaEndpoint } from './service.js'

/** The namespace of vodflow's workflows. */
const mediaNamespace = 'default'
const mediaQueue = 'media-nexus'
const shopNamespace = 'shop'
export const shopQueue = 'shop'

export interface Teams {
  /** Client of the other team, in its own namespace. */
  readonly shop: Client
  close(): Promise<void>
}

/** Sets up two teams on one Temporal server: a namespace for the second, the endpoint between them, and a worker for each. */
export async function startTeams(address: string): Promise<Teams> {
  const connection = await Connection.connect({ address })
  await connection.workflowService.registerNamespace({
    namespace: shopNamespace,
    workflowExecutionRetentionPeriod: { seconds: Long.fromNumber(24 * 60 * 60) },
  })
  await connection.operatorService.createNexusEndpoint({
    spec: { name: mediaEndpoint, target: { worker: { namespace: mediaNamespace, taskQueue: mediaQueue } } },
  })

  const stopMedia = await startWorker(address, {
    namespace: mediaNamespace,
    taskQueue: mediaQueue,
    nexusServices: [mediaHandler],
  })
  const stopShop = await startWorker(address, {
    namespace: shopNamespace,
    taskQueue: shopQueue,
    workflowsPath: fileURLToPath(new URL('callerWorkflow.ts', import.meta.url)),
  })
  return {
    shop: new Client({ connection, namespace: shopNamespace }),
    async close() {
      await Promise.all([stopShop(), stopMedia()])
      await connection.close()
    },
  }
}

/** Starts a worker with a connection of its own, because each team would use its own API key. */
async function startWorker(
  address: string,
  options: Omit<WorkerOptions, 'connection'>,
): Promise<() => Promise<void>> {
  const connection = await NativeConnection.connect({ address })
  const worker = await Worker.create({ ...options, connection })
  const running = worker.run()
  return async () => {
    worker.shutdown()
    await running
    await connection.close()
  }
}
