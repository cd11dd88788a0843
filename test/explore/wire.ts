import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request as sendRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { actions } from './kinds.js'
import { Line, type LinePlan, type Reply } from './line.js'
import { caseIn } from './marker.js'

/** Between worker and local VOD: it cuts, holds and refuses the submits of single cases, and lets everything else pass. */
export interface Wire {
  /** For the worker, in VOD's place. */
  readonly endpoint: string
  open(number: number, plan: LinePlan): Line
  /** Of the case that an event is about. */
  lineOf(text: string): Line | undefined
  close(): Promise<void>
}

export async function startWire(vod: string): Promise<Wire> {
  const lines = new Map<number, Line>()
  const agent = new Agent({ keepAlive: true })
  const lineOf = (text: string) => lines.get(caseIn(text) ?? -1)
  const server = createServer((request, response) => {
    const pass = async () => {
      const body = await bodyOf(request)
      const forward = () => forwarded(vod, { request, body, agent })
      const line = actions.has(String(request.headers['x-tc-action'])) ? lineOf(body.toString()) : undefined
      const gone = new AbortController()
      let cut = false
      response.once('close', () => {
        if (!cut && !response.writableFinished) gone.abort()
      })
      const reply = line ? await line.take(forward, gone.signal) : await forward()
      if (!reply) {
        cut = true
        return request.socket.destroy()
      }
      response.writeHead(reply.status, { 'content-type': 'application/json' }).end(reply.body)
    }
    pass().catch(() => request.socket.destroy())
  })
  // Node's 5 s would close a connection that the worker is about to use again.
  server.keepAliveTimeout = 75_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open(number, plan) {
      const line = new Line(plan)
      lines.set(number, line)
      return line
    },
    lineOf,
    async close() {
      server.close()
      server.closeAllConnections()
      agent.destroy()
    },
  }
}

async function bodyOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** With the headers as they are: the signature covers the host too. */
async function forwarded(
  vod: string,
  { request, body, agent }: { request: IncomingMessage; body: Buffer; agent: Agent },
): Promise<Reply> {
  const { method, headers, url } = request
  const onward = sendRequest(new URL(url ?? '/', vod), { method, headers, agent }).end(body)
  const [response] = (await once(onward, 'response')) as [IncomingMessage]
  const answer = await bodyOf(response)
  return { status: response.statusCode ?? 502, body: answer, code: codeOf(answer) }
}

function codeOf(answer: Buffer): string {
  const { Response } = Object(JSON.parse(answer.toString())) as { Response?: { Error?: { Code?: string } } }
  return Response?.Error?.Code ?? ''
}
