import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from './logger.js'
import { send, toRequest } from './nodeHttp.js'

type Handler = (request: Request) => Promise<Response>

/** Where a handler is served. */
export interface CallbackServerOptions {
  /** What `createPushHandler` makes, or one around it. */
  readonly handler: Handler
  /** 0: any that is free. */
  readonly port: number
  /** Default 127.0.0.1; 0.0.0.0 to be reached from outside. */
  readonly host?: string
  /** Gets a warning for each connection that could not be accepted. Default: none. */
  readonly logger?: Logger
}

/** A server that runs. */
export interface CallbackServer {
  /** The address for ModifyEventConfig's NotificationUrl, as seen from this machine. */
  readonly url: string
  /** Resolves when `close` has closed it; rejects when it closed without that. A rejection that you do not handle is ignored. */
  readonly ended: Promise<void>
  /** Takes no new requests, and finishes those it has, held ones too; after 8 s it cuts off what is left. */
  close(): Promise<void>
}

/** A header must be here by then, and a whole request: a sender that dribbles is cut off, ms. */
const headersTimeoutMs = 5_000
const requestTimeoutMs = 10_000
const maxHeaderBytes = 8 * 1024
/** With 256 KiB each at most, 128 MiB. VOD's senders need a few. */
const maxConnections = 512
/** Longer than a request is held. Node stops checking its timeouts once a server closes. */
const closeTimeoutMs = 8_000

/**
 * A server around the handler, with `GET /healthz`, which answers 200 as long as the process can.
 *
 * @throws Error when the port or host cannot be had, with the remedy.
 */
export async function startCallbackServer({
  handler,
  port,
  host = '127.0.0.1',
  logger,
}: CallbackServerOptions): Promise<CallbackServer> {
  const options = {
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: maxHeaderBytes,
  }
  const server = createServer(options, (incoming, outgoing) => {
    if (incoming.method === 'GET' && incoming.url === '/healthz') outgoing.end('ok\n')
    else void respond({ server, handler }, { incoming, outgoing })
  })
  server.maxConnections = maxConnections
  await listen(server, { port, host })
  const { family, address, port: bound } = server.address() as AddressInfo
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}/`
  // A connection that could not be accepted is an error of the server, which listens on.
  server.on('error', ({ message: problem }) =>
    logger?.warn({ url, problem }, 'the HTTP server could not accept a connection'),
  )
  let closing = false
  const ended = new Promise<void>((resolve, reject) => {
    server.once('close', () => {
      if (closing) resolve()
      else reject(new Error(`the HTTP server on port ${bound} has ended; start it again`))
    })
  })
  ended.catch(() => {})
  return {
    url,
    ended,
    close() {
      closing = true
      return close(server)
    },
  }
}

function listen(server: Server, { port, host }: { port: number; host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = ({ code, message }: NodeJS.ErrnoException) => {
      const [problem, remedy] = listenProblems[code ?? ''] ?? [message, 'check port and host']
      reject(new Error(`cannot listen on ${host}, port ${port}: ${problem}; ${remedy}`))
    }
    server.once('error', refused)
    server.listen(port, host, () => {
      server.off('error', refused)
      resolve()
    })
  })
}

const listenProblems: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  EADDRINUSE: ['the port is taken by another program', 'give another one, or 0 for any that is free'],
  EACCES: ['this user may not have that port', 'give one above 1023'],
  EADDRNOTAVAIL: ['this machine has no such address', 'give 127.0.0.1, or 0.0.0.0 for all it has'],
  ENOTFOUND: ['the host name is not known', 'give 127.0.0.1, or 0.0.0.0 for all this machine has'],
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), closeTimeoutMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}

/** Total: an unforeseen request must not end the process. */
async function respond(
  { server, handler }: { server: Server; handler: Handler },
  { incoming, outgoing }: { incoming: IncomingMessage; outgoing: ServerResponse },
): Promise<void> {
  try {
    const response = await handler(toRequest(incoming))
    // While it closes, a connection that is kept alive would keep the server.
    if (!server.listening) outgoing.shouldKeepAlive = false
    await send(response, { incoming, outgoing })
  } catch {
    if (!outgoing.headersSent) outgoing.writeHead(400, { connection: 'close' })
    outgoing.end(() => incoming.socket?.destroySoon())
  }
}
