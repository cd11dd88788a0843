import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { minute } from '../contract/time.js'
import { asksFor } from './asksFor.js'
import { serveBounded } from './connections.js'
import { type Logger, totalLogger } from './logger.js'
import { refuse, toNodeListener } from './nodeHttp.js'
import { seldom } from './seldom.js'

type Handler = (request: Request) => Promise<Response>

/** Where a handler is served. */
export interface CallbackServerOptions {
  /** What `createPushHandler` makes, or one around it. */
  readonly handler: Handler
  /** 0: any that is free. */
  readonly port: number
  /** Default 127.0.0.1; 0.0.0.0 to be reached from outside. */
  readonly host?: string
  /** Open at once at most, above which those end that have been without a complete request for longest. Default 2,048. */
  readonly maxConnections?: number
  /**
   * Gets a warning for each connection that could not be accepted, each time the handler rejects, and at most once a minute with how many
   * connections were cut off to make room. Default: none.
   */
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
/** An idle one takes some 15 KB. VOD's senders need a few. */
const defaultMaxConnections = 2_048
/** Longer than proxies keep an idle connection by default: one that they are about to use must not end. */
const keepAliveMs = 75_000
/** A sender that reads no answer is cut off. Longer than a request is held. */
const stillMs = minute
/** Longer than a request is held. Node stops checking its timeouts once a server closes. */
const closeTimeoutMs = 8_000

/**
 * A server around the handler, with `GET /healthz`, below any path, which answers 200 as long as the process can. When there are too many
 * connections, those end that have been without a complete request for longest.
 *
 * @throws Error when the port or host cannot be had, with the remedy.
 */
export async function startCallbackServer({
  handler,
  port,
  host = '127.0.0.1',
  maxConnections = defaultMaxConnections,
  ...rest
}: CallbackServerOptions): Promise<CallbackServer> {
  const logger = totalLogger(rest.logger)
  const options = {
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: maxHeaderBytes,
    keepAliveTimeout: keepAliveMs,
  }
  const server = createServer(options)
  server.timeout = stillMs
  const listener = total(server, {
    handler,
    onFailed: (problem) => logger?.warn({ url, problem }, 'the handler failed; the request was answered 500'),
  })
  serveBounded(server, listener, {
    max: maxConnections,
    onCut: seldom((cutOff) =>
      logger?.warn({ url, cutOff }, 'too many connections; those without a complete request are cut off'),
    ),
  })
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
    server.listen({ port, host, backlog: defaultMaxConnections }, () => {
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

const healthy: Handler = async () => new Response('ok\n')

/** Never rejects: an unforeseen request must not end the process. */
function total(
  server: Server,
  { handler, onFailed }: { handler: Handler; onFailed: (problem: string) => void },
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void> {
  const served = (handle: Handler) =>
    toNodeListener(async (request) => {
      const response = await handle(request)
      return server.listening ? response : asLast(response)
    })
  const ofHealth = served(healthy)
  const ofEvents = served(handler)
  return async (incoming, outgoing) => {
    try {
      await (asksFor(incoming, 'healthz') ? ofHealth : ofEvents)(incoming, outgoing)
    } catch (error) {
      onFailed(error instanceof Error ? error.message : String(error))
      refuse(500, { incoming, outgoing })
    }
  }
}

/** While a server closes, a connection that is kept alive would keep it. */
function asLast({ body, status, headers }: Response): Response {
  return new Response(body, { status, headers: [...headers, ['connection', 'close']] })
}
