import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { PushHandler } from './push.js'

export interface CallbackServerOptions {
  readonly handler: PushHandler
  /** 0: any that is free. */
  readonly port: number
  /** Default 127.0.0.1; 0.0.0.0 to be reached from outside. */
  readonly host?: string
}

export interface CallbackServer {
  /** The address for ModifyEventConfig's NotificationUrl, as seen from this machine. */
  readonly url: string
  /** Takes no new requests, and finishes those it has. */
  close(): Promise<void>
}

/** A header must be here by then, and a whole request: a sender that dribbles is cut off, ms. */
const headersTimeoutMs = 5_000
const requestTimeoutMs = 10_000
const maxHeaderBytes = 8 * 1024

/** A server around the handler, with `GET /healthz`. @throws Error when the port cannot be had, with the remedy. */
export async function startCallbackServer({
  handler,
  port,
  host = '127.0.0.1',
}: CallbackServerOptions): Promise<CallbackServer> {
  const options = {
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: maxHeaderBytes,
  }
  const server = createServer(options, (request, response) => {
    if (request.url === '/healthz') response.end('ok\n')
    else void respond(handler, request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error)
      reject(
        new Error(`port ${port} is taken by another program; give another one, or 0 for any that is free`),
      )
    })
    server.listen(port, host, () => resolve())
  })
  const address = server.address() as AddressInfo
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

async function respond(
  handler: PushHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const response = await handler(toRequest(incoming)).catch(
    () => new Response('internal error\n', { status: 500 }),
  )
  // What was not read must not keep the connection: it would be read as the next request.
  const headers = {
    ...Object.fromEntries(response.headers),
    ...(incoming.complete ? {} : { connection: 'close' }),
  }
  outgoing.writeHead(response.status, headers)
  outgoing.end(await response.text(), () => {
    if (!incoming.complete) incoming.socket.destroySoon()
  })
}

function toRequest(incoming: IncomingMessage): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, [value].flat().join(', '))
  const method = incoming.method ?? 'GET'
  const url = new URL(incoming.url ?? '/', 'http://callbacks.local')
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers })
  return new Request(url, {
    method,
    headers,
    body: Readable.toWeb(incoming) as ReadableStream,
    duplex: 'half',
  } as RequestInit)
}
