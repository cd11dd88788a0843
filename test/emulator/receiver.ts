import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly query: URLSearchParams
  // biome-ignore lint/suspicious/noExplicitAny: an event, as it came
  readonly body: any
}

export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** The status that is answered; 0 answers nothing. */
  status: number
  /** Resolves when so many have come. */
  until(count: number): Promise<readonly Received[]>
  close(): void
}

/** Someone's callback address. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  let look = () => {}
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const query = new URL(request.url ?? '/', 'http://receiver').searchParams
    received.push({ headers: request.headers, query, body: JSON.parse(text) })
    look()
    if (receiver.status !== 0) response.writeHead(receiver.status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/vod`,
    received,
    status: 200,
    until: (count) =>
      new Promise((resolve) => {
        look = () => {
          if (received.length >= count) resolve(received)
        }
        look()
      }),
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
  return receiver
}
