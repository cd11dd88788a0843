import { connect, type Socket } from 'node:net'

/** A connection that does not come to the end of an event. */
export interface BadConnection {
  readonly name: string
  readonly start: (socket: Socket) => void
}

const dribbleMs = 200

const post = (...headers: string[]) => `${['POST / HTTP/1.1', 'host: a', ...headers, '', ''].join('\r\n')}`
const get = 'GET /healthz HTTP/1.1\r\nhost: a\r\n'
const unsigned = Buffer.from('{"EventType":1}')

export const badConnections: readonly BadConnection[] = [
  says('says nothing'),
  says('a probe that breaks off', get),
  says('is kept alive', `${get}\r\n`),
  says('a body that breaks off', `${post('content-length: 200000')}${'x'.repeat(50_000)}`),
  says('a chunked body that breaks off', `${post('transfer-encoding: chunked')}10\r\n${'x'.repeat(16)}\r\n`),
  says('asks whether to go on', post('content-length: 100', 'expect: 100-continue')),
  says('wants another protocol', `${get}connection: upgrade\r\nupgrade: websocket\r\n\r\n`),
  says('TLS', Buffer.from('16030100c8010000c40303', 'hex')),
  says('HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  says('headers up to the limit', `${get}x: ${'y'.repeat(8_100)}`),
  says('events that are none', `${post(`content-length: ${unsigned.length}`)}${unsigned}`.repeat(5)),
  { name: 'a probe that dribbles', start: (socket) => dribble(socket, get, 'x: y\r\n') },
  { name: 'a body that dribbles', start: (socket) => dribble(socket, post('content-length: 1000'), 'x') },
  {
    name: 'chunks that dribble',
    start: (socket) => dribble(socket, post('transfer-encoding: chunked'), '1\r\nx\r\n'),
  },
  {
    name: 'a probe with a body that dribbles',
    start: (socket) => dribble(socket, `${get}content-length: 1000\r\n\r\n`, 'x'),
  },
  {
    name: 'reads no answer',
    start: (socket) => {
      socket.pause()
      socket.write(`${get}\r\n`.repeat(12))
    },
  },
  {
    name: 'half closed',
    start: (socket) => {
      socket.end(get)
    },
  },
  {
    name: 'goes at once',
    start: (socket) => {
      socket.resetAndDestroy()
    },
  },
]

function says(name: string, first: string | Buffer = ''): BadConnection {
  return { name, start: (socket) => void socket.write(first) }
}

function dribble(socket: Socket, head: string, part: string): void {
  socket.write(head)
  const timer = setInterval(() => socket.write(part), dribbleMs)
  socket.on('close', () => clearInterval(timer))
}

export interface FloodOptions {
  readonly port: number
  readonly size: number
  readonly pick: () => BadConnection
}

/** Many bad connections at once; each that ends is opened again, some 1,000 a second. */
export class ConnectionFlood {
  /** How many the server has ended. */
  ended = 0
  readonly #options: FloodOptions
  readonly #open = new Set<Socket>()
  readonly #again = new Set<NodeJS.Timeout>()
  #connected = 0

  constructor(options: FloodOptions) {
    this.#options = options
    for (let n = 0; n < options.size; n++) this.#connect()
  }

  /** Whether so many have been connected as there are. */
  get isThere(): boolean {
    return this.#connected >= this.#options.size
  }

  close(): void {
    for (const timer of this.#again) clearTimeout(timer)
    for (const socket of this.#open) socket.removeAllListeners('close').destroy()
  }

  #connect(): void {
    const { port, pick } = this.#options
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      this.#connected++
      pick().start(socket)
    })
    this.#open.add(socket)
    socket.on('error', () => {})
    socket.on('data', () => {})
    socket.on('close', () => {
      this.ended++
      this.#open.delete(socket)
      const timer = setTimeout(() => {
        this.#again.delete(timer)
        this.#connect()
      }, this.#options.size)
      this.#again.add(timer)
    })
  }
}
