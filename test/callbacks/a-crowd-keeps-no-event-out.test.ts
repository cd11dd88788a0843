import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { BodyReader } from '../../src/callbacks/bodyReader.js'
import { serveBounded } from '../../src/callbacks/connections.js'
import { type DeliveryResult, startCallbackServer } from '../../src/callbacks/index.js'
import { serveHealth } from '../../src/cli/operatorServer.js'
import { badConnections, ConnectionFlood } from '../fuzz/connectionFlood.js'
import { binary } from '../support/binary.js'
import { freePort } from '../support/freePort.js'
import { foreign, gate, ours, type Rig, rig } from './rig.js'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const silent = badConnections[0] as (typeof badConnections)[number]

function flood(options: ConstructorParameters<typeof ConnectionFlood>[0]): ConnectionFlood {
  const made = new ConnectionFlood(options)
  closers.push(() => made.close())
  return made
}

async function start(given: Rig = rig(), options: { maxConnections?: number } = {}) {
  const { handler, lines } = given
  const log = (fields: object, message: string) =>
    void lines.push({ level: 'warn', fields: { ...fields }, message })
  const server = await startCallbackServer({ handler, port: 0, ...options, logger: { info: log, warn: log } })
  closers.push(() => server.close())
  return { ...server, port: Number(new URL(server.url).port), lines }
}

/** VOD gives up after 5 s. Other tests keep this machine busy, and senders and server share a process. */
const patienceMs = 20_000

/** How many of 20 events, each on a connection of its own, are answered 200 in time. */
async function taken(url: string): Promise<number> {
  const send = async (_: unknown, n: number) => {
    const request = { method: 'POST', body: ours({ TaskId: `1500000001-procedurev2-${n}` }) }
    const headers = { connection: 'close' }
    const signal = AbortSignal.timeout(patienceMs)
    return (await fetch(url, { ...request, headers, signal }).catch(() => undefined))?.status
  }
  const statuses = await Promise.all(Array.from({ length: 20 }, send))
  return statuses.filter((status) => status === 200).length
}

describe('good events get in', () => {
  it.each(badConnections)(
    'while twice as many connections as may be are each of the kind $name',
    async (kind) => {
      const { url, port } = await start(rig(), { maxConnections: 100 })
      const others = flood({ port, size: 200, pick: () => kind })
      await expect.poll(() => others.isThere).toBe(true)
      expect(await taken(url)).toBe(20)
      expect((await fetch(`${url}healthz`)).status).toBe(200)
    },
  )

  it('while there are more silent connections than may be, and one line says that some were cut off', async () => {
    const { url, port, lines } = await start()
    const others = flood({ port, size: 2_500, pick: () => silent })
    await expect.poll(() => others.ended).toBeGreaterThan(400)
    expect(await taken(url)).toBe(20)
    const cut = lines.filter(({ message }) => message.startsWith('too many connections'))
    expect(cut).toEqual([expect.objectContaining({ fields: { url, cutOff: 1 } })])
  })

  it('while a process that may open only 200 files has 400 silent connections', async () => {
    const command = `ulimit -n 200; exec "${process.execPath}" "${binary}" events listen --port 0`
    const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'ignore', 'pipe'] })
    closers.push(() => child.kill('SIGKILL'))
    const [said] = await once(child.stderr, 'data')
    const [url = ''] = /http:\S+/.exec(String(said)) ?? []
    const others = flood({ port: Number(new URL(url).port), size: 400, pick: () => silent })
    await expect.poll(() => others.ended).toBeGreaterThan(250)
    expect(await taken(url)).toBe(20)
  })
})

describe('events of others', () => {
  it.each(['onOther', 'forwardTo'])(
    'are 128 at once at most while %s is slow, and ours get in',
    async (to) => {
      const slow = gate<void>()
      const hanging = createServer((_, response) => void slow.promise.then(() => response.end()))
      await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve))
      closers.push(() => hanging.close())
      const forwardTo = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}/`
      const given = rig(to === 'onOther' ? { onOther: () => slow.promise } : { forwardTo })
      const all = Array.from({ length: 300 }, () => given.post(foreign))
      await expect.poll(() => given.handler.counts().overloaded).toBe(300 - 128)
      expect(await given.post(ours())).toBe(200)
      expect(given.hints).toHaveLength(1)
      slow.open()
      expect((await Promise.all(all)).filter((status) => status === 200)).toHaveLength(128)
      expect(await given.post(foreign)).toBe(200)
    },
  )
})

/** A server with few connections, and the order in which its clients were cut off. */
async function few(max: number, listener: RequestListener = () => {}) {
  const server = createServer({ keepAliveTimeout: 60_000 })
  serveBounded(server, listener, { max })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const cut: string[] = []
  const open = async (name: string, text = ''): Promise<Socket & { said: string }> => {
    const socket = Object.assign(connect((server.address() as AddressInfo).port, '127.0.0.1'), { said: '' })
    socket.on('error', () => {}).on('close', () => cut.push(name))
    socket.on('data', (bytes) => {
      socket.said += bytes
    })
    await Promise.all([once(server, 'connection'), once(socket, 'connect')])
    socket.write(text)
    return socket
  }
  return { open, cut }
}

const get = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n'
const event = 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}'

describe('when there are too many connections', () => {
  it.each([
    ['silent', ''],
    ['in the middle of its headers', 'GET / HTTP/1.1\r\n'],
    ['in the middle of its body', event.slice(0, -1)],
    ['kept alive', get],
  ])('those go first that wait longest: %s', async (_, text) => {
    const { open, cut } = await few(2, (__, outgoing) => outgoing.end())
    for (const name of ['first', 'second', 'third']) {
      const socket = await open(name, text)
      if (text === get) await expect.poll(() => socket.said).toMatch(/^HTTP/)
    }
    await expect.poll(() => cut).toEqual(['first'])
    await open('fourth', text)
    await expect.poll(() => cut).toEqual(['first', 'second'])
  })

  it('one whose event is held stays until it is answered, then waits like the others', async () => {
    const held = gate<void>()
    const { open, cut } = await few(2, async (incoming, outgoing) => {
      for await (const _ of incoming);
      reached.open()
      await held.promise
      outgoing.end('taken')
    })
    const reached = gate<void>()
    const good = await open('held', event)
    await reached.promise
    await open('a')
    await open('b')
    await open('c')
    await expect.poll(() => cut).toEqual(['a', 'b'])
    held.open()
    await expect.poll(() => good.said).toMatch(/taken/)
    await open('d')
    await expect.poll(() => cut).toEqual(['a', 'b', 'c'])
    await open('e')
    await expect.poll(() => cut).toEqual(['a', 'b', 'c', 'held'])
  })

  it('one without a body that is being answered stays, whoever reads the request', async () => {
    const held = gate<void>()
    const reached = gate<void>()
    const { open, cut } = await few(2, async (_, outgoing) => {
      reached.open()
      await held.promise
      outgoing.end('taken')
    })
    const scrape = await open('scrape', get)
    await reached.promise
    for (const name of ['a', 'b', 'c']) await open(name)
    await expect.poll(() => cut).toEqual(['a', 'b'])
    held.open()
    await expect.poll(() => scrape.said).toMatch(/taken/)
    for (const name of ['d', 'e']) await open(name)
    await expect.poll(() => cut).toEqual(['a', 'b', 'c', 'scrape'])
  })

  it('the newcomer goes when all others have an event that is held', async () => {
    let arrived = 0
    const { open, cut } = await few(2, async (incoming) => {
      for await (const _ of incoming);
      arrived++
      await new Promise(() => {})
    })
    await open('one', event)
    await open('other', event)
    await expect.poll(() => arrived).toBe(2)
    await open('newcomer')
    await expect.poll(() => cut).toEqual(['newcomer'])
  })
})

describe('requests in a row on one connection', () => {
  it('are all answered when they are few', async () => {
    const { port } = await start()
    const socket = connect(port, '127.0.0.1')
    let said = ''
    socket.on('data', (bytes) => {
      said += bytes
    })
    const body = ours()
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n${body}`.repeat(10))
    await expect.poll(() => said.match(/HTTP\/1\.1 200/g)?.length).toBe(10)
    socket.destroy()
  })

  it('end it when more than 16 are open', async () => {
    const temporal = gate<DeliveryResult>()
    const given = rig({ deliver: () => temporal.promise })
    const { port, url } = await start(given)
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    const body = ours()
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n${body}`.repeat(17))
    await once(socket, 'close')
    temporal.open('delivered')
    expect(await taken(url)).toBe(20)
  })
})

describe('thousands of requests in a row on one connection', () => {
  const { length } = Buffer.from(foreign)
  it.each([
    ['GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['HEAD /healthz HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}'],
    ['POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n'],
    ['POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n'],
    [`POST / HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n\r\n${foreign}`],
  ])('end it before they keep the process busy: %j', async (request) => {
    const { port, url } = await start()
    const socket = connect(port, '127.0.0.1')
    let answered = 0
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      answered += String(bytes).match(/HTTP\/1\.1 \d/g)?.length ?? 0
    })
    socket.write(request.repeat(20_000))
    await expect.poll(() => socket.closed).toBe(true)
    // 16 in each turn of the event loop, and few turns: what the kernel has read ahead.
    expect(answered).toBeLessThan(200)
    expect(await taken(url)).toBe(20)
  })
})

describe('bodies that come in at once', () => {
  /** A body that is written as it is asked for, and never ends by itself. */
  function slow() {
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined
    const stream = new ReadableStream<Uint8Array>({
      start: (given) => {
        controller = given
      },
    })
    const init = { method: 'POST', body: stream, duplex: 'half' } as RequestInit
    return {
      request: new Request('http://callbacks.local/', init),
      write: (bytes: number) => controller?.enqueue(new Uint8Array(bytes)),
      end: () => controller?.close(),
    }
  }

  it.each([
    [[40, 40, 40], [0]],
    [[100, 1, 1], [0]],
    [
      [1, 99, 99],
      [0, 1],
    ],
    [[30, 30, 30], []],
  ])('have a total of 101 bytes: of %s, those are cut off: %s', async (sizes, cut) => {
    const reader = new BodyReader({ maxBytes: 100, timeoutMs: 60_000, maxTotalBytes: 101 })
    const bodies = sizes.map(slow)
    const reads = bodies.map(({ request }) => reader.read(request))
    for (const [index, size] of sizes.entries()) bodies[index]?.write(size)
    for (const index of cut) expect(await reads[index]).toEqual({ unread: 'too-slow' })
    const left = bodies.filter((_, index) => !cut.includes(index))
    for (const { end } of left) end()
    const results = await Promise.all(reads)
    expect(results.filter((result) => 'body' in result)).toHaveLength(left.length)
    // What they held is free again.
    const after = slow()
    const read = reader.read(after.request)
    after.write(100)
    after.end()
    expect(await read).toMatchObject({ body: { length: 100 } })
  })
})

it('a crowd at the health server does not keep probes out', async () => {
  const port = await freePort()
  const server = await serveHealth({ host: '127.0.0.1', port }, () => 'RUNNING')
  closers.push(() => server.close())
  const others = flood({ port, size: 600, pick: () => silent })
  await expect.poll(() => others.ended).toBeGreaterThan(300)
  const probes = Array.from(
    { length: 20 },
    async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).status,
  )
  expect(new Set(await Promise.all(probes))).toEqual(new Set([200]))
})
