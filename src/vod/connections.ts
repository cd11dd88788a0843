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

/** What became of one HTTP request. */
export interface RequestProgress {
  /** It was built. */
  made: boolean
  /** It has a connection, so that bytes of it may be on their way. Until then nothing was sent, for certain. */
  connected: boolean
  /** The head of an answer came. */
  answered: boolean
  /** Why it broke: Node's code, e.g. `ECONNRESET`. Its message may quote a header or a URL, so it is not kept. */
  broken?: string
  /** Aborts when an answer breaks off: the SDK would wait for the rest of it. */
  readonly brokenOff: AbortController
  /** Aborts when nobody waits for the answer any more. A request that has no connection yet says so by no event of its own. */
  readonly over: AbortSignal
}

const current = new AsyncLocalStorage<RequestProgress>()

/** Does `work`, and notes in `sending` what becomes of the request that it makes. */
export function observed<T>(sending: RequestProgress, work: () => Promise<T>): Promise<T> {
  return current.run(sending, work)
}

/** @param givenUp - what ends the call from outside */
export function nothingSent(givenUp: readonly AbortSignal[]): RequestProgress {
  const brokenOff = new AbortController()
  const over = AbortSignal.any([brokenOff.signal, ...givenUp])
  return { made: false, connected: false, answered: false, brokenOff, over }
}

/** A connection stands within this time, or the call has sent nothing, ms. */
const connectMs = 10_000

/** Below what servers and balancers keep an idle connection; a server's own `Keep-Alive` header shortens it further, ms. */
const idleMs = 4_000

export interface ConnectionOptions {
  /**
   * Answered requests leave their connection for the next one. A server may close such a connection in the moment in which it is used again,
   * and the client cannot tell then whether the request was done. So only requests that are safe to repeat may take one.
   */
  readonly reused: boolean
}

/** The way to a URL's host: directly or through the proxy of the environment. No redirect leads away from it. */
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
  // With a callback, a socket is given to its request only once it is connected.
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

/** What an agent has, and its types do not. */
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
    // One call is one request: the SDK follows where a Location leads, up to 20 times.
    delete response.headers.location
  })
}

/** Names such as ECONNRESET, CERT_HAS_EXPIRED and ERR_SSL_WRONG_VERSION_NUMBER. */
function codeOf(error: unknown): string {
  const { code } = Object(error) as { code?: unknown }
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,63}$/.test(code) ? code : 'without a code'
}

/** Hands a socket over when it is connected, over TLS with a certificate that was checked. */
function standing(socket: Socket, secure: boolean, done: Done): void {
  const keep = endUnlessKept(socket)
  // An agent hears the first word only. This listener stays, for an error before the request has its own.
  socket.on('error', (error) => {
    keep()
    done(error)
  })
  socket.once(secure ? 'secureConnect' : 'connect', () => {
    keep()
    done(null, socket)
  })
}

/** Destroys what is connecting when it takes too long or its call is over, until the returned function is called. */
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

/** For http, a proxy takes the whole URL where a server takes the path. */
function askProxy(request: ClientRequest, { host }: URL, { authorization }: ProxyServer): void {
  request.path = `http://${host}${request.path}`
  if (authorization !== undefined) request.setHeader('proxy-authorization', authorization)
}

/** For https, a proxy passes bytes on that it cannot read. */
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

/** What a server's date is, by a request that asks for nothing. Any HTTP answer will do. */
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
