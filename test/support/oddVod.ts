import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What is answered to an action: the members of `Response`, or a whole body that is none of VOD's. */
type Answer = Readonly<Record<string, unknown>> | string

/** A VOD that answers what a test says, and no more. */
export interface OddVod {
  readonly endpoint: string
  answer(action: string, answer: Answer): void
  close(): Promise<void>
}

export async function startOddVod(): Promise<OddVod> {
  const answers = new Map<string, Answer>()
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    request.resume()
    const given = answers.get(String(request.headers['x-tc-action'])) ?? refusal('InvalidAction', 'no answer')
    if (typeof given === 'string') response.writeHead(502, { 'content-type': 'text/html' }).end(given)
    else response.end(JSON.stringify({ Response: { RequestId: 'r-1', ...given } }))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    answer: (action, answer) => void answers.set(action, answer),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

export function refusal(Code: string, Message: string): Answer {
  return { Error: { Code, Message } }
}
