import { Agent, request } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPushHandler, startCallbackServer } from '../../src/callbacks/index.js'
import * as bodies from './bodies.js'
import { type BadConnection, badConnections, ConnectionFlood } from './connectionFlood.js'
import { Random } from './random.js'
import { keys, SealedSteps } from './sealed.js'
import type { Status } from './shot.js'
import type { Row } from './tally.js'
import { Tally } from './tally.js'
import type { Violation } from './violation.js'

export interface ConnectionFuzzReport {
  readonly rows: readonly Row[]
  readonly violations: readonly Violation[]
  /** Time in which 95 of 100 good events were answered, ms. */
  readonly p95: number
}

const goodOnes = 20
const maxConnections = 200
const sizes = [50, 200, 500]
const row = 'good event in a flood'

export interface ConnectionFuzzOptions {
  readonly seed: number
  readonly rounds: number
  /** Default 5 s: VOD gives up then. */
  readonly patienceMs?: number
}

/**
 * Floods of bad connections, another mix in each round, while good events arrive on connections of their own: every one has to be delivered
 * before VOD gives up, and nothing else.
 */
export async function fuzzConnections(options: ConnectionFuzzOptions): Promise<ConnectionFuzzReport> {
  return new ConnectionFuzz(options).run()
}

class ConnectionFuzz {
  readonly #options: ConnectionFuzzOptions
  readonly #steps: SealedSteps
  readonly #tally = new Tally([row])
  readonly #violations: Violation[] = []
  readonly #times: number[] = []

  constructor(options: ConnectionFuzzOptions) {
    this.#options = options
    this.#steps = new SealedSteps(options.seed, { many: 128 })
  }

  async run(): Promise<ConnectionFuzzReport> {
    const deliver = async () => {
      this.#tally.row(row).delivered++
      return 'delivered' as const
    }
    const handler = createPushHandler({ keys, deliver })
    const server = await startCallbackServer({ handler, port: 0, maxConnections })
    const port = Number(new URL(server.url).port)
    for (let round = 0; round < this.#options.rounds; round++) await this.#round(round, port)
    await server.close()
    const { delivered, sent } = this.#tally.row(row)
    if (delivered > sent)
      this.#violations.push({ rule: `${sent} good events were delivered ${delivered} times` })
    const times = this.#times.sort((one, other) => one - other)
    return {
      rows: this.#tally.rows,
      violations: this.#violations,
      p95: times[Math.floor(times.length * 0.95)] ?? 0,
    }
  }

  async #round(round: number, port: number): Promise<void> {
    const random = new Random(this.#options.seed, round)
    const kinds = Array.from({ length: 1 + random.below(6) }, () => random.pick(badConnections))
    const size = random.pick(sizes) + random.below(100)
    const pick = () => (random.oneIn(3) ? anyConnection(random) : random.pick(kinds))
    const flood = new ConnectionFlood({ port, size, pick })
    while (!flood.isThere) await sleep(10)
    const first = round * goodOnes
    const statuses = await Promise.all(
      Array.from({ length: goodOnes }, (_, n) => this.#send(first + n, port)),
    )
    flood.close()
    if (statuses.every((status) => status === 200)) return
    const rule = `good events were answered ${statuses}`
    const input = `${size} connections: any, and ${kinds.map(({ name }) => name).join(', ')}`
    this.#violations.push({ rule, index: round, kind: row, input })
  }

  async #send(index: number, port: number): Promise<Status | 'late'> {
    const random = new Random(~this.#options.seed, index)
    const { body } = bodies.good({ steps: this.#steps, random, index })
    const began = performance.now()
    const status = await post({ port, body, patienceMs: this.#options.patienceMs ?? 5_000 })
    this.#times.push(performance.now() - began)
    this.#tally.answered(row, status)
    return status
  }
}

function post({
  port,
  body,
  patienceMs,
}: {
  readonly port: number
  readonly body: Buffer
  readonly patienceMs: number
}): Promise<Status | 'late'> {
  return new Promise((resolve) => {
    const agent = new Agent({ keepAlive: false })
    const asked = request({
      port,
      host: '127.0.0.1',
      method: 'POST',
      agent,
      headers: { 'content-length': body.length },
    })
    const late = setTimeout(() => {
      resolve('late')
      asked.destroy()
    }, patienceMs)
    const settle = (status: Status) => {
      clearTimeout(late)
      resolve(status)
    }
    asked.on('error', () => settle('cut'))
    asked.on('response', (response) => settle(response.resume().statusCode ?? 'cut'))
    asked.end(body)
  })
}

const heads = [
  '',
  'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n',
  'HEAD /healthz?x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
  'POST /vod HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n',
  'POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n',
  'POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nhost: a\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n',
]

/** A head that may be cut, then a few acts, some time apart. */
function anyConnection(random: Random): BadConnection {
  const head = random.pick(heads)
  const first = random.oneIn(2) ? head : head.slice(0, random.below(head.length + 1))
  const acts = Array.from({ length: random.below(5) }, () => ({
    act: anyAct(random),
    afterMs: random.below(400),
  }))
  return {
    name: 'any',
    start: (socket) => {
      socket.write(first)
      void play(socket, acts)
    },
  }
}

type Act = (socket: Socket) => unknown

function anyAct(random: Random): Act {
  const bytes = random.bytes(random.below(400))
  const again = random.pick(heads)
  return random.pick<Act>([
    (socket) => socket.write(bytes),
    (socket) => socket.write('x'),
    (socket) => socket.write('5\r\nxxxxx\r\n'),
    (socket) => socket.write(again),
    (socket) => socket.write(again.repeat(5)),
    (socket) => socket.pause(),
    (socket) => socket.resume(),
    (socket) => socket.end(),
    (socket) => socket.resetAndDestroy(),
  ])
}

async function play(socket: Socket, acts: readonly { act: Act; afterMs: number }[]): Promise<void> {
  for (const { act, afterMs } of acts) {
    await sleep(afterMs, undefined, { ref: false })
    if (socket.destroyed || socket.writableEnded) return
    act(socket)
  }
}
