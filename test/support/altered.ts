import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { VodError } from '../../src/contract/errors.js'
import { createVodClient, type VodClientOptions } from '../../src/vod/client.js'

type Json = Record<string, unknown>

/** What is between: it may send something else on, answer something else, or (undefined) not answer at all. */
export type Alter = (
  action: string,
  request: Json,
  send: (request: Json) => Promise<Json>,
) => Promise<Json | undefined>

/** A VOD that is other than the local one, for one answer: everything else goes on to it, signed anew. */
export async function startAltered(
  vod: Required<Pick<VodClientOptions, 'endpoint' | 'credentials'>>,
  alter: Alter,
): Promise<{ readonly endpoint: string; close(): void }> {
  const client = createVodClient(vod)
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const action = String(incoming.headers['x-tc-action'])
    const request = JSON.parse(Buffer.concat(chunks).toString() || '{}') as Json
    const answer = await alter(action, request, (given) => client.send(action, given)).catch(
      (error: unknown) => {
        if (!(error instanceof VodError)) throw error
        return { Error: { Code: error.vodCode, Message: 'refused' }, RequestId: error.requestId || 'none' }
      },
    )
    if (answer === undefined) return void incoming.socket.destroy()
    outgoing.setHeader('content-type', 'application/json')
    outgoing.end(JSON.stringify({ Response: { RequestId: 'altered', ...answer } }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Refuses. */
export const refusal = (code: string) => new VodError({ action: 'altered', code, problem: 'altered' })
