import { readFileSync } from 'node:fs'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { Socket } from 'node:net'

export interface BoundOptions {
  /** The most connections that are open at the same time. The limit of open files of the process can lower it. */
  readonly max: number
  /** Called for each connection that was cut off. */
  readonly onCut?: () => void
}

/** VOD and proxies do not pipeline: they wait for an answer before they send the next request. */
const maxPipelined = 16

interface Requests {
  /** Requests without an answer, or answered in this turn of the event loop. A sender that waits for its answers has at most one. */
  open: number
  /** The part of `open` that has arrived completely. */
  whole: number
}

/**
 * Serves the requests of a server on a bounded number of connections. A new connection above the bound ends the one that has gone longest
 * without a complete request, so that idle and slow senders make room for good ones. A connection with a complete request is kept until
 * its answer has been sent.
 */
export function serveBounded(
  server: Server,
  listener: RequestListener,
  { max, onCut = () => {} }: BoundOptions,
): void {
  // The other half is for connections to Temporal and for files.
  const most = Math.min(max, Math.floor(openFilesLimit() / 2))
  const requestsOf = new Map<Socket, Requests>()
  /** Connections without a complete request, in the order in which they were opened or last answered. */
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

/** Without a body, Node emits `end` only if the request is read. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
}

/** Node raises its soft limit to the hard one. Above it, the kernel drops every new connection, even while others are idle. */
function openFilesLimit(): number {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return Number(soft ?? Number.POSITIVE_INFINITY)
  } catch {
    // Only Linux has this file. macOS and Windows allow more than we need.
    return Number.POSITIVE_INFINITY
  }
}
