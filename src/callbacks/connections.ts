import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

export interface ConnectionsOptions {
  /** Open at once at most, as far as the process may have that many files open. */
  readonly max: number
  /** Called for each connection that was cut off. */
  readonly onCut?: () => void
}

/** VOD and proxies send one request after the other. */
const maxPipelined = 16

interface Requests {
  /** Not answered yet. */
  open: number
  /** Of those, how many have arrived to their end. */
  whole: number
}

/**
 * Bounds the open connections of a server. Each new one above the bound ends the one that has been without a complete request for
 * longest, so that idle and slow senders make room for good ones. A connection whose request is being answered stays.
 */
export class Connections {
  readonly #requests = new Map<Socket, Requests>()
  /** Without a complete request, in the order in which they have come or got their last answer. */
  readonly #waiting = new Set<Socket>()
  readonly #max: number
  readonly #onCut: () => void

  constructor(server: Server, { max, onCut = () => {} }: ConnectionsOptions) {
    // The rest is for the connections to Temporal, and for files.
    this.#max = Math.min(max, Math.floor(openFilesLimit() / 2))
    this.#onCut = onCut
    server.on('connection', (socket) => this.#opened(socket))
  }

  /** Answers a request. Its connection stays from the end of the request to the end of the work. */
  async answer(incoming: IncomingMessage, work: () => Promise<void>): Promise<void> {
    const { socket } = incoming
    const requests = this.#requests.get(socket)
    if (!requests || socket.destroyed) return
    if (requests.open === maxPipelined) return void socket.destroy()
    let whole = false
    const complete = () => {
      whole = true
      requests.whole++
      this.#waiting.delete(socket)
    }
    incoming.once('end', complete)
    requests.open++
    try {
      await work()
    } finally {
      requests.open--
      incoming.off('end', complete)
      if (whole && --requests.whole === 0 && !socket.destroyed) this.#waiting.add(socket)
    }
  }

  #opened(socket: Socket): void {
    this.#requests.set(socket, { open: 0, whole: 0 })
    this.#waiting.add(socket)
    socket.once('close', () => {
      this.#requests.delete(socket)
      this.#waiting.delete(socket)
    })
    if (this.#requests.size <= this.#max) return
    const [longest] = this.#waiting
    longest?.destroy()
    this.#onCut()
  }
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
