import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Socket } from 'node:net'
import type { UnderlyingSource } from 'node:stream/web'
import { VodflowError } from '../base/vodflowError.js'
import { kindOf } from '../contract/check.js'
import { InvalidInputError } from '../contract/errors.js'
import { valid } from '../contract/valid.js'
import { handler as handlerCheck } from './checks.js'
import { seldom } from './seldom.js'
import { type Web, webClasses } from './web.js'

/** Takes a request of Node, as Express routes and servers of `node:http` and `node:http2` pass it. */
export type NodeListener = (
  incoming: IncomingMessage | Http2ServerRequest,
  outgoing: ServerResponse | Http2ServerResponse,
) => Promise<void>

/**
 * Adapts a handler to frameworks that use Node's requests: Express, Fastify, Koa, Next.js pages. Mount it before any body parser. After
 * one, it uses the bytes that the parser has kept: `rawBody`, or a Buffer or string as `body`. If there are none, the push handler
 * answers 500 with the remedy.
 *
 * The listener never rejects. If the handler rejects, or resolves with something that cannot be sent, e.g. with nothing because a wrapper
 * has no `return`, it answers 500 and emits a warning of Node.
 *
 * @throws InvalidInputError if `handler` is not a function, or if Node runs without `Request` and `Response`, or something has replaced them.
 */
export function toNodeListener(handler: (request: Request) => Promise<Response>): NodeListener {
  const onFailed = seldom<string>((_, problem) =>
    process.emitWarning(`the handler failed; the request was answered 500 (${problem})`),
  )
  return listenerOf(valid(handlerCheck, handler, 'handler'), onFailed)
}

/** @param onFailed - gets the problem of each request that the handler could not answer. It must not throw. */
export function listenerOf(
  handler: (request: Request) => Promise<Response>,
  onFailed: (problem: string) => void,
): NodeListener {
  const web = webClasses()
  const warn = seldom<string>((_, name) =>
    process.emitWarning(`no Request could be made of an event (${name})`),
  )
  return async (incoming, outgoing) => {
    // HTTP/2 requests and responses have every member that is used here.
    const exchange = { incoming, outgoing } as Exchange
    if (!isExpressible(exchange.incoming)) return refuse(400, exchange)
    let request: Request
    try {
      request = toRequest(exchange.incoming, web)
    } catch (error) {
      // Without its message, which may quote a header with a secret.
      warn(error instanceof Error ? error.name : typeof error)
      return refuse(500, exchange)
    }
    try {
      await send(sendable(await handler(request)), exchange)
    } catch (error) {
      onFailed(error instanceof Error ? error.message : 'it threw something that is not an Error')
      refuse(500, exchange)
    }
  }
}

/** @throws InvalidInputError for anything but a Response with a body that can be read. Another library may have made it. */
function sendable(answer: unknown): Response {
  const { status, headers, bodyUsed, text } = Object(answer) as Partial<Response>
  const isResponse =
    typeof status === 'number' &&
    typeof text === 'function' &&
    typeof headers?.[Symbol.iterator] === 'function'
  const problem = !isResponse
    ? `returned ${kindOf(answer)}, not a Response`
    : status < 200 || status > 599
      ? `returned a Response with the status ${status}`
      : bodyUsed
        ? 'returned a Response whose body has been read already'
        : undefined
  if (problem === undefined) return answer as Response
  throw new InvalidInputError([{ field: 'handler', problem, remedy: returnResponse }])
}

const returnResponse = 'return the Response of the push handler'

const base = 'http://callbacks.local'
/** Methods that a web Request refuses, and that Node accepts. */
const withoutRequest = ['CONNECT', 'TRACE']

/** Returns false for a request that a web Request cannot express, such as one with the target `//`. */
function isExpressible({ method = 'GET', url = '/' }: IncomingMessage): boolean {
  return !withoutRequest.includes(method) && URL.canParse(url, base)
}

/** Converts Node's request to a web Request. */
function toRequest(incoming: IncomingMessage, { Request, Headers, ReadableStream }: Web): Request {
  const headers = new Headers()
  // HTTP/2 has the method and the path among its headers, with a leading colon.
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined && !name.startsWith(':')) headers.set(name, [value].flat().join(', '))
  const method = incoming.method ?? 'GET'
  const url = new URL(incoming.url ?? '/', base)
  if (method === 'GET' || method === 'HEAD') return new Request(url, { method, headers })
  if (!isTaken(incoming)) {
    const body = new ReadableStream(bodyOf(incoming), { highWaterMark: 0 })
    return new Request(url, { method, headers, body, duplex: 'half' } as RequestInit)
  }
  const kept = keptBytes(incoming)
  if (!kept) return readAlready(new Request(url, { method, headers, body: '' }))
  // With another length, a parser has decompressed the body.
  if (kept.length !== Number(headers.get('content-length'))) headers.delete('content-encoding')
  headers.delete('content-length')
  return new Request(url, { method, headers, body: new Uint8Array(kept) })
}

/** Returns true if something else has read the body, will read it, or decodes it to text, which loses bytes that are not text. */
function isTaken({ readableDidRead, readableFlowing, readableEncoding }: IncomingMessage): boolean {
  return readableDidRead || readableFlowing === true || readableEncoding !== null
}

/** Returns the original bytes of the body, if a body parser has kept them. */
function keptBytes(incoming: IncomingMessage): Buffer | undefined {
  const { rawBody, body } = incoming as { readonly rawBody?: unknown; readonly body?: unknown }
  const length = Number(incoming.headers['content-length'])
  for (const kept of [rawBody, body]) {
    // Some parsers leave empty bytes where they kept nothing. A decompressed body has another length too, but it is not empty.
    if (kept instanceof Uint8Array && (kept.length > 0 || length === 0)) return Buffer.from(kept)
    // Text of another length was decoded with another charset, or has lost bytes that are not text.
    if (typeof kept === 'string' && Buffer.byteLength(kept) === length) return Buffer.from(kept)
  }
  return undefined
}

/** Marks the body as used, so that a handler can see that it has been read already. */
function readAlready(request: Request): Request {
  void request.text()
  return request
}

/** The body of a request cannot be read to its end. */
export class IncompleteBodyError extends VodflowError {
  override readonly name = 'IncompleteBodyError'
  override readonly code = 'VODFLOW_INCOMPLETE_BODY'

  constructor(what: string) {
    super({
      what,
      remedy: 'Mount the handler before middleware that reads bodies. The sender sends the event again.',
    })
  }
}

/** Canceling this stream leaves the connection open for the answer. `Readable.toWeb` would close it, and a 413 would not arrive. */
function bodyOf(incoming: IncomingMessage): UnderlyingSource<Uint8Array> {
  let missing = Number(incoming.headers['content-length'] ?? 0)
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const bytes = await gather(incoming)
    missing -= bytes.length
    if (bytes.length > 0) controller.enqueue(bytes)
    if (!incoming.readableEnded) return
    if (missing > 0) controller.error(new IncompleteBodyError('Something else has read a part of the body'))
    else controller.close()
  }
  // Bytes that still arrive wait in the kernel until the connection ends.
  const cancel = () => void incoming.pause()
  return { pull, cancel }
}

/** Smallest part that is passed on. A part for each byte of a slow sender would keep the process busy, with thousands of them. */
const partBytes = 16 * 1024

/** Returns the next part of a body, or the rest of it. Rejects if the sender disconnects before the end. */
function gather(incoming: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let size = 0
    const end = () => {
      incoming.off('readable', more).off('end', end).off('close', gone)
      resolve(Buffer.concat(parts))
    }
    const gone = () => reject(new IncompleteBodyError('The sender disconnected'))
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
 * Sends a web Response, unless something else has answered in the meantime, e.g. a middleware with a time limit. If the body was not read
 * to its end, the connection is closed, because the rest would be parsed as the next request.
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

/** Answers with a status and no body, and closes the connection. */
function refuse(status: number, { incoming, outgoing }: Exchange): void {
  if (!outgoing.headersSent) outgoing.writeHead(status, asLast(incoming))
  outgoing.end(() => cutOff({ incoming, outgoing }))
}

/** An HTTP/2 connection carries other requests too, so only this one may be ended. */
function isHttp2({ httpVersionMajor }: IncomingMessage): boolean {
  return httpVersionMajor > 1
}

function asLast(incoming: IncomingMessage): Record<string, string> {
  return isHttp2(incoming) ? {} : { connection: 'close' }
}

function cutOff({ incoming, outgoing }: Exchange): void {
  if (isHttp2(incoming)) (outgoing as unknown as Http2ServerResponse).stream?.close()
  else endSocket(incoming.socket)
}

/** As Node ends a connection. A stream of another transport has no `destroySoon`, and the socket of a simulated request may be no stream. */
function endSocket(socket: Partial<Socket> | null | undefined): void {
  // The socket is null if the sender has disconnected.
  if (socket?.destroySoon) socket.destroySoon()
  else socket?.end?.()
}
