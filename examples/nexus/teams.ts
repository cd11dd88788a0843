import { fileURLToPath } from 'node:url'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection, Worker } from '@temporalio/worker'
import type { Outcome } from 'vodflow'
import { mediaHandler } from './handler.js'

export interface Teams {
  /** Runs the other team's workflow in its own namespace. */
  orderTrailer(workflowId: string, FileId: string, ProcedureName: string): Promise<Outcome>
  close(): Promise<void>
}

/** The media team in `default`, another one in `marketing`, and the endpoint between them. */
export async function startTeams(address: string): Promise<Teams> {
  const connection = await Connection.connect({ address })
  const namespace = 'marketing'
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
  })
  await connection.operatorService.createNexusEndpoint({
    spec: { name: 'media', target: { worker: { namespace: 'default', taskQueue: 'media-nexus' } } },
  })
  const native = await NativeConnection.connect({ address })
  const media = await Worker.create({
    connection: native,
    taskQueue: 'media-nexus',
    nexusServices: [mediaHandler],
  })
  const workflowsPath = fileURLToPath(import.meta.resolve('./workflows.ts'))
  const marketing = await retried(() =>
    Worker.create({ connection: native, namespace, taskQueue: 'trailers', workflowsPath }),
  )
  const running = Promise.all([media.run(), marketing.run()])
  const client = new Client({ connection, namespace })
  return {
    orderTrailer: (workflowId, ...args) =>
      retried(() => client.workflow.execute('orderTrailer', { workflowId, taskQueue: 'trailers', args })),
    async close() {
      media.shutdown()
      marketing.shutdown()
      await running
      await native.close()
      await connection.close()
    },
  }
}

/** A new namespace is known to every part of the server only after some seconds. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt === 30 || !/namespace/i.test(String(Object(error).cause ?? error))) throw error
      await new Promise((again) => setTimeout(again, 500))
    }
  }
}
