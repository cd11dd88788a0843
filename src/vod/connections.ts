import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type ProxyServer, proxyFor } from './proxy.js'

/** The progress of one HTTP request. */
export interface RequestProgress {
  /** The request was built. */
  made: boolean
  /** The request has a connection, so its bytes may be on their way. Until then, nothing was sent. */
  connected: boolean
  /** The head of an answer arrived. */
  answered: boolean
  /** Node's code of the error that broke the request, e.g. `ECONNRESET`. The message is not kept: it may quote a header or a URL. */
  broken?: string
  /** Aborts if an answer breaks off, because the SDK would wait for the rest of it. */
  readonly brokenOff: AbortController
  /** Aborts when the caller no longer waits for the answer. A request without a connection emits no event for this. */
  readonly over: AbortSignal
}

const current = new AsyncLocalStorage<RequestProgress>()

/** Runs `work` and records in `sending` the progress of the request that it makes. */
export function observed<T>(sending: RequestProgress, work: () => Promise<T>): Promise<T> {
  return current.run(sending, work)
}

/** @param givenUp - signals that end the call from outside */
export function nothingSent(givenUp: readonly AbortSignal[]): RequestProgress {
  const brokenOff = new AbortController()
  const over = AbortSignal.any([brokenOff.signal, ...givenUp])
  return { made: false, connected: false, answered: false, brokenOff, over }
}

/** The time limit for a connection, in ms. A call without a connection has sent nothing. */
const connectMs = 10_000

/** How long an idle connection is kept, in ms: less than servers and load balancers do. A `Keep-Alive` header shortens it further. */
const idleMs = 4_000

export interface ConnectionOptions {
  /**
   * A connection is used again after its request was answered. A server may close such a connection just as the next request uses it, and
   * the client then cannot know whether that request was processed. Only requests that are safe to repeat may reuse a connection.
   */
  readonly reused: boolean
}

/** Returns an agent that connects to a URL's host, directly or through the proxy of the environment. It follows no redirect. */
export function connectionsTo(url: URL, { reused }: ConnectionOptions): HttpAgent {
  const proxy = proxyFor(url)
  const options = reused ? { keepAlive: true, timeout: idleMs } : { keepAlive: false }
  const agent = (url.protocol === 'https:'
    ? new HttpsAgent(options)
    : new HttpAgent(options)) as unknown as HookedAgent
  const { addRequest, createConnection } = agent
  agent.addRequest = (request, target) => {
    observe(request)
    if (proxy && url.protocol === 'http:') askProxy(request, url, proxy)
    addRequest.call(agent, request, target)
  }
  // With a callback, a request gets its socket only once the socket is connected.
  agent.createConnection = (target, done = () => {}) => {
    const secure = url.protocol === 'https:'
    const direct = () => standing(createConnection.call(agent, target) as Socket, secure, done)
    if (!proxy) direct()
    else if (!secure) standing(toProxy(proxy), proxy.protocol === 'https:', done)
    else
      tunnel(proxy, url, (error, socket) => {
        if (!socket) done(error)
        else standing(createConnection.call(agent, { ...target, socket }) as Socket, secure, done)
      })
    return undefined
  }
  return agent as unknown as HttpAgent
}

type Done = (error: Error | null, socket?: Socket) => void

/** Methods of an agent that its types omit. */
type HookedAgent = Omit<HttpAgent, 'createConnection'> & {
  addRequest(request: ClientRequest, target: object): void
  createConnection(target: object, done?: Done): Socket | undefined
}

function observe(request: ClientRequest): void {
  const sending = current.getStore()
  if (sending) sending.made = true
  const breaks = (error: Error) => {
    if (sending) sending.broken ??= codeOf(error)
  }
  request.once('socket', () => {
    if (sending) sending.connected = true
  })
  request.on('error', breaks)
  request.prependOnceListener('response', (response: IncomingMessage) => {
    if (sending) sending.answered = true
    response.on('error', (error) => {
      breaks(error)
      sending?.brokenOff.abort()
    })
    // One call is one request, but the SDK follows a Location up to 20 times.
    delete response.headers.location
  })
}

/** Returns a name such as ECONNRESET, CERT_HAS_EXPIRED or ERR_SSL_WRONG_VERSION_NUMBER. */
function codeOf(error: unknown): string {
  const { code } = Object(error) as { code?: unknown }
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,63}$/.test(code) ? code : 'without a code'
}

/** Passes a socket to `done` when it is connected; over TLS, when its certificate was checked. */
function standing(socket: Socket, secure: boolean, done: Done): void {
  const keep = endUnlessKept(socket)
  // An agent uses only the first call of `done`. This listener stays for an error before the request adds its own.
  socket.on('error', (error) => {
    keep()
    done(error)
  })
  socket.once(secure ? 'secureConnect' : 'connect', () => {
    keep()
    done(null, socket)
  })
}

/** Destroys a connection attempt that takes too long or whose call is over, until the returned function is called. */
function endUnlessKept(connecting: Socket | ClientRequest): () => void {
  const over = current.getStore()?.over
  const end = () => connecting.destroy(coded('ETIMEDOUT'))
  const late = setTimeout(end, connectMs)
  over?.addEventListener('abort', end)
  return () => {
    clearTimeout(late)
    over?.removeEventListener('abort', end)
  }
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code })
}

function toProxy({ protocol, host, port }: ProxyServer): Socket {
  if (protocol === 'http:') return connect({ host, port })
  return connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) })
}

/** For http, a proxy expects the whole URL in place of the path. */
function askProxy(request: ClientRequest, { host }: URL, { authorization }: ProxyServer): void {
  request.path = `http://${host}${request.path}`
  if (authorization !== undefined) request.setHeader('proxy-authorization', authorization)
}

/** For https, a proxy forwards encrypted bytes. */
function tunnel({ protocol, host, port, authorization }: ProxyServer, url: URL, done: Done): void {
  const ask = protocol === 'https:' ? httpsRequest : httpRequest
  const path = `${url.hostname}:${url.port || 443}`
  const headers = {
    host: path,
    ...(authorization === undefined ? {} : { 'proxy-authorization': authorization }),
  }
  const asked = ask({ method: 'CONNECT', host, port, path, headers, agent: false })
  const keep = endUnlessKept(asked)
  asked.once('error', (error) => {
    keep()
    done(error)
  })
  asked.once('connect', ({ statusCode = 0 }, socket: Socket, head: Buffer) => {
    keep()
    if (statusCode >= 200 && statusCode < 300) {
      if (head.length > 0) socket.unshift(head)
      return done(null, socket)
    }
    socket.destroy()
    done(coded(`PROXY_ANSWERED_${statusCode}`))
  })
  asked.end()
}

/** Returns a server's date from a HEAD request. Any HTTP answer will do. */
export async function dateAt(
  url: URL,
): Promise<{ readonly date: number } | { readonly unreachable: string }> {
  const agent = connectionsTo(url, { reused: false })
  const ask = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve) => {
    const asked = ask(url, { method: 'HEAD', agent, signal: AbortSignal.timeout(connectMs) })
    asked.on('error', (error) => resolve({ unreachable: codeOf(error) }))
    asked.once('response', ({ headers }) => {
      resolve({ date: Date.parse(headers.date ?? '') || Date.now() })
      asked.destroy()
    })
    asked.end()
  })
}
