import { connect, type Socket } from 'node:net'
import { type Answer, rawAnswer } from './send.js'
import type { Status } from './shot.js'

/** Longer than any limit of the server, by far: what is open then was never cut off. */
const neverMs = 45_000
const dribbleMs = 200
const tenMegabytes = 10_000_000
const part = Buffer.alloc(65_536, 'x')

/** A sender that does not come to an end. */
export interface SlowKind {
  readonly name: string
  readonly statuses: readonly Status[]
  readonly start: (socket: Socket) => void
  readonly times: number
}

const head = (...headers: string[]) => `${['POST / HTTP/1.1', 'host: a', ...headers, '', ''].join('\r\n')}`

export const slowKinds: readonly SlowKind[] = [
  {
    name: 'says nothing',
    times: 8,
    statuses: [408, 'cut'],
    start: () => {},
  },
  {
    name: 'headers dribble',
    times: 16,
    statuses: [408, 'cut'],
    start: (socket) => {
      socket.write('POST / HTTP/1.1\r\n')
      dribble(socket, 'x: y\r\n')
    },
  },
  {
    name: 'body dribbles',
    times: 16,
    statuses: [408],
    start: (socket) => {
      socket.write(head('content-length: 1000'))
      dribble(socket, 'x')
    },
  },
  {
    name: 'chunks dribble',
    times: 8,
    statuses: [408],
    start: (socket) => {
      socket.write(head('transfer-encoding: chunked'))
      dribble(socket, '1\r\nx\r\n')
    },
  },
  {
    name: 'body never comes',
    times: 8,
    statuses: [408],
    start: (socket) => void socket.write(head('content-length: 1000')),
  },
  {
    name: '10 MB, length told',
    times: 3,
    statuses: [413, 'cut'],
    start: (socket) => {
      socket.write(head(`content-length: ${tenMegabytes}`))
      flood(socket, part)
    },
  },
  {
    name: '10 MB in chunks',
    times: 3,
    statuses: [413, 'cut'],
    start: (socket) => {
      socket.write(head('transfer-encoding: chunked'))
      flood(socket, Buffer.concat([Buffer.from('10000\r\n'), part, Buffer.from('\r\n')]))
    },
  },
]

/** Resolves when the server has ended the connection. @throws Error when it does not. */
export function sendSlowly(port: number, { start }: SlowKind): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => start(socket))
    const never = setTimeout(() => {
      reject(new Error('was never cut off'))
      socket.destroy()
    }, neverMs)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(never)
      resolve(rawAnswer(Buffer.concat(chunks)))
    })
  })
}

function dribble(socket: Socket, text: string): void {
  const timer = setInterval(() => socket.write(text), dribbleMs)
  socket.on('close', () => clearInterval(timer))
}

function flood(socket: Socket, chunk: Buffer): void {
  let sent = 0
  const go = () => {
    while (!socket.destroyed && sent < tenMegabytes) {
      sent += part.length
      if (!socket.write(chunk)) {
        socket.once('drain', go)
        return
      }
    }
  }
  go()
}
