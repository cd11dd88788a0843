import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'

/** Takes a request of Node, as a route of Express or a server of `node:http` or `node:http2` gives it. */
export type NodeListener = (
  incoming: IncomingMessage | Http2ServerRequest,
  outgoing: ServerResponse | Http2ServerResponse,
) => Promise<void>

/**
 * A handler for frameworks with Node's requests: Express, Fastify, Koa, Next.js pages. Mount it before any body parser. After one, it
 * takes the bytes that the parser has kept: a Buffer or string as `body`, or `rawBody`. If there are none, the push handler answers 500
 * with the remedy.
 *
 * The listener rejects only when the handler does.
 */
export function toNodeListener(handler: (request: Request) => Promise<Response>): NodeListener {
  return async (incoming, outgoing) => {
    // Those of HTTP/2 have all that is used here.
    const exchange = { incoming, outgoing } as Exchange
    let request: Request
    try {
      request = toRequest(exchange.incoming)
    } catch {
      return refuse(400, exchange)
    }
    await send(await handler(request), exchange)
  }
}

/** Node's request as the web's. @throws TypeError for what no web Request can be: a target like `//`, or TRACE. */
function toRequest(incoming: IncomingMessage): Request {
  const headers = new Headers()
  // HTTP/2 has the method and the path among them.
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined && !name.startsWith(':')) headers.set(name, [value].flat().join(', '))
  const method = incoming.method ?? 'GET'
  const url = new URL(incoming.url ?? '/', 'http://callbacks.local')
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers })
  if (!isTaken(incoming))
    return new Request(url, { method, headers, body: bodyOf(incoming), duplex: 'half' } as RequestInit)
  const kept = keptBytes(incoming)
  if (!kept) return readAlready(new Request(url, { method, headers, body: '' }))
  // A parser has unpacked it.
  if (kept.length !== Number(headers.get('content-length'))) headers.delete('content-encoding')
  headers.delete('content-length')
  return new Request(url, { method, headers, body: new Uint8Array(kept) })
}

/** Somebody has read of it, is going to get it next, or has it decoded, which loses bytes that are no text. */
function isTaken({ readableDidRead, readableFlowing, readableEncoding }: IncomingMessage): boolean {
  return readableDidRead || readableFlowing === true || readableEncoding !== null
}

/** What a body parser has left of the body as it came. */
function keptBytes(incoming: IncomingMessage): Buffer | undefined {
  const { rawBody, body } = incoming as { readonly rawBody?: unknown; readonly body?: unknown }
  const length = Number(incoming.headers['content-length'])
  for (const kept of [rawBody, body]) {
    if (kept instanceof Uint8Array) return Buffer.from(kept)
    // Text of another length was decoded by another charset, or has lost bytes that are no text.
    if (typeof kept === 'string' && Buffer.byteLength(kept) === length) return Buffer.from(kept)
  }
  return undefined
}

/** As if its body had been read through the web's Request, which handlers can see. */
function readAlready(request: Request): Request {
  void request.text()
  return request
}

/** Cancelling it leaves the connection open for the answer; `Readable.toWeb` would cut it, and the 413 would not arrive. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let missing = Number(incoming.headers['content-length'] ?? 0)
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const bytes = await gather(incoming)
    missing -= bytes.length
    if (bytes.length > 0) controller.enqueue(bytes)
    if (!incoming.readableEnded) return
    if (missing > 0) controller.error(new Error('something else has taken a part of the body'))
    else controller.close()
  }
  // What is still coming waits in the kernel until the connection ends.
  const cancel = () => void incoming.pause()
  return new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
}

/** A part for each byte that dribbles in would keep the process busy: thousands may do so at once. */
const partBytes = 16 * 1024

/** The next part of a body, or what is left of it. Rejects when the sender goes before its end. */
function gather(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let size = 0
    const end = () => {
      incoming.off('readable', more).off('end', end).off('close', gone)
      resolve(Buffer.concat(parts))
    }
    const gone = () => reject(new Error('the sender has gone'))
    const more = () => {
      for (let part = incoming.read(); part !== null; part = incoming.read()) {
        parts.push(part)
        size += part.length
      }
      if (size >= partBytes) end()
    }
    incoming.on('readable', more).on('end', end).on('close', gone)
    if (incoming.readableEnded) end()
    else if (incoming.destroyed) gone()
  })
}

interface Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/**
 * Sends a web Response, unless something else has answered in the meantime, e.g. a middleware with a time limit. A body that was not read to
 * its end ends the connection: it would be the next request.
 */
async function send(response: Response, { incoming, outgoing }: Exchange): Promise<void> {
  const text = await response.text()
  if (outgoing.headersSent || outgoing.writableEnded) return
  const headers = Object.fromEntries(response.headers)
  outgoing.writeHead(response.status, incoming.complete ? headers : { ...headers, ...asLast(incoming) })
  outgoing.end(text, () => {
    if (!incoming.complete) cutOff({ incoming, outgoing })
  })
}

/** Without a word, and the last on its connection. */
export function refuse(status: number, { incoming, outgoing }: Exchange): void {
  if (!outgoing.headersSent) outgoing.writeHead(status, asLast(incoming))
  outgoing.end(() => cutOff({ incoming, outgoing }))
}

/** A connection of HTTP/2 has other requests on it: only this one ends. */
function isHttp2({ httpVersionMajor }: IncomingMessage): boolean {
  return httpVersionMajor > 1
}

function asLast(incoming: IncomingMessage): Record<string, string> {
  return isHttp2(incoming) ? {} : { connection: 'close' }
}

function cutOff({ incoming, outgoing }: Exchange): void {
  if (isHttp2(incoming)) (outgoing as unknown as Http2ServerResponse).stream?.close()
  // Null when the sender has gone.
  else incoming.socket?.destroySoon()
}
