import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Client } from '@temporalio/client'
import { ended } from './workflows.js'

/** Only parses and signals: whoever can reach it can end any run. */
export async function startFloorHandler(client: Client): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request, response) => {
    try {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part as Buffer)
      const event = JSON.parse(Buffer.concat(parts).toString('utf8'))
      await client.workflow.getHandle(event.ProcedureStateChangeEvent.SessionContext).signal(ended)
      response.end('ok')
    } catch {
      response.writeHead(500).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => void server.close(),
  }
}
