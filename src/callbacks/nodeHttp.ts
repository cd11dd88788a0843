import type { IncomingMessage, ServerResponse } from 'node:http'

/** Node's request as the web's. @throws TypeError for what no web Request can be: a target like `//`, or TRACE. */
export function toRequest(incoming: IncomingMessage): Request {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers[name] = [value].flat().join(', ')
  const method = incoming.method ?? 'GET'
  const url = new URL(incoming.url ?? '/', 'http://callbacks.local')
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers })
  return new Request(url, { method, headers, body: bodyOf(incoming), duplex: 'half' } as RequestInit)
}

/** Cancelling it leaves the connection open for the answer; `Readable.toWeb` would cut it, and the 413 would not arrive. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = incoming.iterator({ destroyOnReturn: false })
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: () => {
      // What is still coming waits in the kernel until the connection ends.
      incoming.pause()
    },
  })
}

/** Sends a web Response. A body that was not read to its end ends the connection: it would be the next request. */
export async function send(
  response: Response,
  { incoming, outgoing }: { readonly incoming: IncomingMessage; readonly outgoing: ServerResponse },
): Promise<void> {
  const text = await response.text()
  const headers = Object.fromEntries(response.headers)
  outgoing.writeHead(response.status, incoming.complete ? headers : { ...headers, connection: 'close' })
  outgoing.end(text, () => {
    // Null when the sender has gone.
    if (!incoming.complete) incoming.socket?.destroySoon()
  })
}
