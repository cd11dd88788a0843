import { Connection } from '@temporalio/client'
import { type DevServer, startTemporalDevServer } from '../../src/cli/dev/devServer.js'

/** The Temporal that the jobs run on. */
export interface Temporal {
  readonly address: string
  readonly namespace: string
  /** SIGKILL, and up again on the same file and port when `meanwhile` is over; absent where it is not ours to kill. */
  readonly killAndRestart?: (meanwhile?: () => Promise<void>) => Promise<void>
  close(): Promise<void>
}

/** A dev server that keeps its runs in a file, so that it can be killed. */
export async function devServer(dbFilename: string): Promise<Temporal> {
  let server: DevServer = await startTemporalDevServer({ dbFilename })
  const { address } = server
  const port = Number(address.split(':').at(-1))
  return {
    address,
    namespace: 'default',
    async killAndRestart(meanwhile) {
      process.kill(server.pid, 'SIGKILL')
      await server.close()
      await meanwhile?.()
      server = await startTemporalDevServer({ dbFilename, port })
    },
    close: () => server.close(),
  }
}

/** Somebody else's Temporal, at TEMPORAL_ADDRESS. A namespace of its own keeps two runs of chaos apart. */
export async function cluster(address: string, namespace: string): Promise<Temporal> {
  const connection = await Connection.connect({ address })
  try {
    const days = { seconds: (7 * 24 * 3_600) as unknown as never }
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: days })
    for (;;) {
      const found = await connection.workflowService.describeNamespace({ namespace }).catch(() => undefined)
      if (found) break
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  } finally {
    await connection.close()
  }
  return { address, namespace, close: async () => {} }
}
