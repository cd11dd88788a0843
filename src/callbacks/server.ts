import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { asyncDispose } from '../base/asyncDispose.js'
import { CannotListenError } from '../base/cannotListen.js'
import { VodflowError } from '../base/vodflowError.js'
import { minute } from '../contract/time.js'
import { valid } from '../contract/valid.js'
import { asksFor } from './asksFor.js'
import { serverOptions } from './checks.js'
import { serveBounded } from './connections.js'
import { type EventLogger, totalLogger } from './logger.js'
import { listenerOf } from './nodeHttp.js'
import { seldom } from './seldom.js'
import { webClasses } from './web.js'

/** A handler of the Fetch API. */
export type FetchHandler = (request: Request) => Promise<Response>

/** Options of {@link startCallbackServer}. */
export interface CallbackServerOptions {
  /** The handler that `createPushHandler` returns, or one that wraps it. */
  readonly handler: FetchHandler
  /** Use 0 for any free port. */
  readonly port: number
  /** Default 127.0.0.1. Use 0.0.0.0 to accept connections from other machines. */
  readonly host?: string | undefined
  /** Maximum number of open connections. Above it, those that have gone longest without a complete request are closed. Default 2,048. */
  readonly maxConnections?: number | undefined
  /**
   * Gets a warning for each connection that could not be accepted, each time the handler rejects, and, at most once a minute, with the
   * number of connections that were closed to make room. Default: none.
   */
  readonly logger?: EventLogger | undefined
}

/** A running server. */
export interface CallbackServer {
  /** The address for ModifyEventConfig's NotificationUrl, as seen from this machine. */
  readonly url: string
  /** Resolves after `close`; rejects if the server closes in another way. A rejection that you do not handle is ignored. */
  readonly ended: Promise<void>
  /** Accepts no new requests and finishes the open ones, held ones too. After 8 s, it closes the remaining connections. */
  close(): Promise<void>
  /** Calls {@link CallbackServer.close}: `await using server = await startCallbackServer(...)`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** Times within which the headers and the whole request must arrive, ms. Slower senders are cut off. */
const headersTimeoutMs = 5_000
const requestTimeoutMs = 10_000
const maxHeaderBytes = 8 * 1024
/** An idle connection takes about 15 KB. VOD's senders need a few connections. */
const defaultMaxConnections = 2_048
/** Longer than proxies keep an idle connection by default, so that the server does not close one that a proxy is about to use. */
const keepAliveMs = 75_000
/** Time after which a sender that does not read its answer is cut off. It is longer than a request is held. */
const stillMs = minute
/** Longer than a request is held. A timer of our own is needed, because Node stops checking its timeouts once a server closes. */
const closeTimeoutMs = 8_000

/**
 * Starts a server for the handler. `GET /healthz`, below any path, answers 200 as long as the process can answer. If there are too many
 * connections, those that have gone longest without a complete request are closed.
 *
 * @throws CannotListenError if the server cannot listen on the port or host
 * @throws InvalidInputError that names an option which is unknown or of the wrong kind, or if Node runs without `Request` and `Response`, or
 *   something has replaced them
 */
export async function startCallbackServer(given: CallbackServerOptions): Promise<CallbackServer> {
  const {
    handler,
    port,
    host = '127.0.0.1',
    maxConnections = defaultMaxConnections,
    ...rest
  } = valid(serverOptions, given)
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
  const listener = listenerFor(server, {
    handler,
    onFailed: (problem) => logger?.warn({ url, problem }, 'the handler failed; the request was answered 500'),
  })
  serveBounded(server, listener, {
    max: maxConnections,
    onCut: seldom((cutOff) =>
      logger?.warn({ url, cutOff }, 'too many connections; closed those without a complete request'),
    ),
  })
  await listen(server, { port, host })
  const { family, address, port: bound } = server.address() as AddressInfo
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}/`
  // A connection that cannot be accepted is an error of the server, which keeps listening.
  server.on('error', ({ message: problem }) =>
    logger?.warn({ url, problem }, 'the HTTP server could not accept a connection'),
  )
  let closing = false
  const ended = new Promise<void>((resolve, reject) => {
    server.once('close', () => {
      if (closing) resolve()
      else reject(new ServerEndedError(bound))
    })
  })
  ended.catch(() => {})
  const stop = () => {
    closing = true
    return close(server)
  }
  return { url, ended, close: stop, [asyncDispose]: stop }
}

/** The HTTP server of callbacks has ended without a call of `close`. */
export class ServerEndedError extends VodflowError {
  override readonly name = 'ServerEndedError'
  override readonly code = 'VODFLOW_SERVER_ENDED'

  constructor(port: number) {
    super({ what: `The HTTP server on port ${port} has ended`, remedy: 'Start it again.' })
  }
}

function listen(server: Server, { port, host }: { port: number; host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    const refused = (cause: Error) => reject(new CannotListenError({ host, port, cause }))
    server.once('error', refused)
    server.listen({ port, host, backlog: defaultMaxConnections }, () => {
      server.off('error', refused)
      resolve()
    })
  })
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

/** Answers the probes, and passes every other request to the handler. */
function listenerFor(
  server: Server,
  { handler, onFailed }: { handler: FetchHandler; onFailed: (problem: string) => void },
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void> {
  const { Response } = webClasses()
  const served = (handle: FetchHandler) => {
    const closing = async (request: Request) => {
      const response = await handle(request)
      return server.listening ? response : new Response(response.body, asLast(response))
    }
    return listenerOf(closing, onFailed)
  }
  const ofHealth = served(async () => new Response('ok\n'))
  const ofEvents = served(handler)
  return (incoming, outgoing) => (asksFor(incoming, 'healthz') ? ofHealth : ofEvents)(incoming, outgoing)
}

/** Ends keep-alive for a response, because an idle connection would keep a closing server open. */
function asLast({ status, headers }: Response): ResponseInit {
  return { status, headers: [...headers, ['connection', 'close']] }
}
