import { readFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'

export interface BoundOptions {
  /** Open at once at most, as far as the process may have that many files open. */
  readonly max: number
  /** Called for each connection that was cut off. */
  readonly onCut?: () => void
}

/** VOD and proxies send one request after the other. */
const maxPipelined = 16

interface Requests {
  /** Not answered yet, or answered in this turn of the event loop: a sender that waits for its answers has at most one of those. */
  open: number
  /** Of those, how many have arrived to their end. */
  whole: number
}

/**
 * Serves the requests of a server on a bounded number of connections. Each new one above the bound ends the one that has been without a
 * complete request for longest, so that idle and slow senders make room for good ones. A connection stays from the end of its request to
 * the end of the answer.
 */
export function serveBounded(
  server: Server,
  listener: RequestListener,
  { max, onCut = () => {} }: BoundOptions,
): void {
  // The rest is for the connections to Temporal, and for files.
  const most = Math.min(max, Math.floor(openFilesLimit() / 2))
  const requestsOf = new Map<Socket, Requests>()
  /** Without a complete request, in the order in which they have come or got their last answer. */
  const waiting = new Set<Socket>()

  server.on('connection', (socket) => {
    requestsOf.set(socket, { open: 0, whole: 0 })
    waiting.add(socket)
    socket.once('close', () => {
      requestsOf.delete(socket)
      waiting.delete(socket)
    })
    if (requestsOf.size <= most) return
    const [longest] = waiting
    longest?.destroy()
    onCut()
  })

  server.on('request', (incoming, outgoing) => {
    const { socket } = incoming
    const requests = requestsOf.get(socket)
    if (!requests || socket.destroyed) return
    if (requests.open === maxPipelined) return void socket.destroy()
    requests.open++
    let whole = false
    const complete = () => {
      whole = true
      requests.whole++
      waiting.delete(socket)
    }
    if (hasBody(incoming)) incoming.once('end', complete)
    else complete()
    outgoing.once('close', () => {
      setImmediate(() => requests.open--)
      incoming.off('end', complete)
      if (whole && --requests.whole === 0 && !socket.destroyed) waiting.add(socket)
    })
    listener(incoming, outgoing)
  })
}

/** Node emits the end of a request without a body only to who reads it. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
}

/** Node raises its limit to the hard one. Above it the kernel drops every newcomer, whoever is idle. */
function openFilesLimit(): number {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return Number(soft ?? Number.POSITIVE_INFINITY)
  } catch {
    // Not Linux: macOS and Windows allow more than we want.
    return Number.POSITIVE_INFINITY
  }
}
