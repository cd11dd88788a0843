import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { type CallbackServer, type DeliveryResult, startCallbackServer } from '../../src/callbacks/index.js'
import { forged, gate, ours, type Rig, rig } from './rig.js'

const servers: CallbackServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function start(
  given: Rig = rig(),
): Promise<CallbackServer & { port: number; counts: Rig['handler']['counts'] }> {
  const server = await startCallbackServer({ handler: given.handler, port: 0 })
  servers.push(server)
  return { ...server, port: Number(new URL(server.url).port), counts: given.handler.counts }
}

/** Sends text over a plain socket; resolves with all that came back when the other side has ended. */
function raw(port: number, text: string, more: (socket: Socket) => void = () => {}): Promise<string> {
  return new Promise((resolve) => {
    let back = ''
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(text)
      more(socket)
    })
    socket.on('data', (chunk) => {
      back += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(back))
  })
}

const head = (length: string) => `POST / HTTP/1.1\r\nhost: callbacks\r\n${length}\r\n\r\n`
const alive = async (url: string) => (await fetch(`${url}healthz`)).status

describe('the callback server', () => {
  it('takes an event over a socket, and says that it is well', async () => {
    const given = rig()
    const { url } = await start(given)
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
    expect((await fetch(url, { method: 'POST', body: ours() })).status).toBe(200)
    expect((await fetch(url, { method: 'POST', body: forged() })).status).toBe(403)
    expect(given.hints).toHaveLength(1)
    expect(await alive(url)).toBe(200)
  })

  it('refuses a body of 10 MB by what its header says', async () => {
    const { port, counts } = await start()
    expect(await raw(port, head('content-length: 10000000'))).toMatch(/^HTTP\/1\.1 413 .*event of VOD/s)
    expect(counts()).toMatchObject({ tooLarge: 1 })
  })

  it('cuts off a body of 10 MB that does not say how long it is', async () => {
    const { url, port, counts } = await start()
    let sent = 0
    const back = await raw(port, head('transfer-encoding: chunked'), (socket) => {
      const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
      const go = () => {
        while (!socket.destroyed && sent < 10_000_000 && socket.write(chunk)) sent += 65_536
        if (!socket.destroyed && sent < 10_000_000) socket.once('drain', go)
      }
      go()
    })
    expect(back).toMatch(/^HTTP\/1\.1 413 /)
    // What is on its way in the kernel's buffers is not ours.
    expect(sent).toBeLessThan(10_000_000)
    expect(counts()).toMatchObject({ tooLarge: 1 })
    expect(await alive(url)).toBe(200)
  })

  it('cuts off a body that dribbles in', async () => {
    const { port, counts } = await start(rig({ limits: { bodyTimeout: 300 } }))
    const back = await raw(port, head('content-length: 1000'), (socket) => {
      const dribble = setInterval(() => socket.write('x'), 20)
      socket.on('close', () => clearInterval(dribble))
    })
    expect(back).toMatch(/^HTTP\/1\.1 408 /)
    expect(counts()).toMatchObject({ tooSlow: 1 })
  })

  it('cuts off headers that dribble in', async () => {
    const { port } = await start()
    const back = await raw(port, 'POST / HTTP/1.1\r\n', (socket) => {
      const dribble = setInterval(() => socket.write('x: y\r\n'), 100)
      socket.on('close', () => clearInterval(dribble))
    })
    expect(back).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('refuses headers that are too long', async () => {
    const { port } = await start()
    expect(await raw(port, head(`x: ${'y'.repeat(9_000)}`))).toMatch(/^HTTP\/1\.1 431 /)
  })

  it.each([
    ['a target that is no path', 'POST // HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}'],
    ['a target that is no URL', 'POST http://a:b/ HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}'],
    ['TRACE', 'TRACE / HTTP/1.1\r\nhost: a\r\n\r\n'],
    ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00'],
  ])('refuses %s and lives', async (_, text) => {
    const { url, port } = await start()
    expect(await raw(port, text)).toMatch(/^HTTP\/1\.1 400 /)
    expect(await alive(url)).toBe(200)
  })

  it('lives when the sender goes in the middle of a body', async () => {
    const { url, port, counts } = await start()
    await raw(port, head('content-length: 100'), (socket) => socket.write('{', () => socket.destroy()))
    await expect.poll(() => counts().brokenOff).toBe(1)
    expect(await alive(url)).toBe(200)
  })

  it('lives when the sender goes while its event is held', async () => {
    const temporal = gate<DeliveryResult>()
    const given = rig({ deliver: () => temporal.promise })
    const { url, port, counts } = await start(given)
    const body = ours()
    const gone = raw(port, `${head(`content-length: ${body.length}`)}${body}`, (socket) => {
      void expect
        .poll(() => given.hints.length)
        .toBe(1)
        .then(() => socket.destroy())
    })
    await gone
    temporal.open('delivered')
    await expect.poll(() => counts().delivered).toBe(1)
    expect(await alive(url)).toBe(200)
  })
})

describe('a probe', () => {
  it.each([
    ['GET', 'healthz'],
    ['HEAD', 'healthz'],
    ['GET', 'healthz?verbose=1'],
    ['HEAD', 'healthz?a=/b&c=?'],
    ['GET', 'healthz/'],
    ['GET', 'vod/callbacks/healthz'],
    ['HEAD', 'vod/callbacks/healthz/?from=ingress'],
    ['GET', `${'/'.repeat(3_000)}healthz`],
  ])('is answered 200: %s /%s', async (method, path) => {
    const { url, counts } = await start()
    const response = await fetch(`${url}${path}`, { method })
    expect([response.status, await response.text()]).toEqual([200, method === 'GET' ? 'ok\n' : ''])
    expect(counts()).toMatchObject({ badMethod: 0 })
  })

  it.each(['healthzz', 'ahealthz', 'healthz/more', '?/healthz', 'healthz//', 'HEALTHZ', ''])(
    'is none on another path: /%s',
    async (path) => {
      const { url, counts } = await start()
      expect((await fetch(`${url}${path}`)).status).toBe(405)
      expect(counts()).toMatchObject({ badMethod: 1 })
    },
  )

  it.each(['healthz', 'vod/healthz', 'vod/callbacks?app=1', 'any/path/'])(
    'is none when it is posted: an event is taken on every path, as on /%s',
    async (path) => {
      const { url, counts } = await start()
      expect((await fetch(`${url}${path}`, { method: 'POST', body: ours() })).status).toBe(200)
      expect(counts()).toMatchObject({ delivered: 1 })
    },
  )
})

describe('a handler that fails', () => {
  const used = new Response('once')
  it.each([
    ['rejects', async () => Promise.reject(new Error('no database'))],
    ['answers twice', async () => used],
    ['answers nothing', async () => undefined as unknown as Response],
  ])('is answered 500 and named in the log: one that %s', async (_, handler) => {
    await used.text().catch(() => {})
    const lines: unknown[] = []
    const logger = {
      info: () => {},
      warn: (fields: object, message: string) => lines.push({ fields, message }),
    }
    const server = await startCallbackServer({ handler, port: 0, logger })
    servers.push(server)
    expect((await fetch(server.url, { method: 'POST', body: ours() })).status).toBe(500)
    const fields = { url: server.url, problem: expect.any(String) }
    expect(lines).toEqual([{ fields, message: expect.stringMatching(/^the handler failed/) }])
    expect(await alive(server.url)).toBe(200)
  })
})

describe('an HTTP server of which nothing awaits the end', () => {
  /** The server of Node that answers there. */
  async function serverAt(url: string): Promise<Server> {
    let found: Server | undefined
    const look = (message: unknown) => {
      found = (message as { server: Server }).server
    }
    subscribe('http.server.request.start', look)
    await alive(url)
    unsubscribe('http.server.request.start', look)
    return found as Server
  }

  async function unhandledDuring(action: () => void): Promise<unknown[]> {
    const unhandled: unknown[] = []
    const keep = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', keep)
    action()
    await turn()
    await turn()
    process.off('unhandledRejection', keep)
    return unhandled
  }

  it('goes on after connections that it could not accept, and logs each', async () => {
    const lines: unknown[] = []
    const logger = {
      info: () => {},
      warn: (fields: object, message: string) => lines.push([fields, message]),
    }
    const server = await startCallbackServer({ handler: rig().handler, port: 0, logger })
    servers.push(server)
    const inner = await serverAt(server.url)
    const full = Object.assign(new Error('accept ENOBUFS'), { code: 'ENOBUFS' })
    const unhandled = await unhandledDuring(() => {
      inner.emit('error', full)
      inner.emit('error', full)
    })
    expect(unhandled).toEqual([])
    expect(await Promise.race([server.ended.catch(String), turn('goes on')])).toBe('goes on')
    expect(await alive(server.url)).toBe(200)
    const line = [{ url: server.url, problem: 'accept ENOBUFS' }, expect.stringMatching(/HTTP server/)]
    expect(lines).toEqual([line, line])
    await server.close()
    await expect(server.ended).resolves.toBeUndefined()
  })

  it('does not end the process when it is closed by others, and says so in `ended`', async () => {
    const { url, ended } = await start()
    const inner = await serverAt(url)
    expect(await unhandledDuring(() => inner.close().closeAllConnections())).toEqual([])
    await expect(ended).rejects.toThrow(/The HTTP server on port \d+ has ended/)
  })
})

describe('closing', () => {
  it('finishes an event that is held, and takes no new one', async () => {
    const temporal = gate<DeliveryResult>()
    const given = rig({ deliver: () => temporal.promise })
    const { url, close } = await start(given)
    const held = fetch(url, { method: 'POST', body: ours() })
    await expect.poll(() => given.hints.length).toBe(1)
    const closed = close()
    await expect(fetch(url, { method: 'POST', body: ours() })).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    })
    temporal.open('delivered')
    expect((await held).status).toBe(200)
    const before = performance.now()
    await closed
    // A connection that its sender would keep alive does not keep the server: what is left is cut off after 8 s only.
    expect(performance.now() - before).toBeLessThan(7_000)
  })

  it('does not wait for a sender that never ends', async () => {
    const { port, close } = await start()
    let connected = false
    const cut = raw(port, 'POST / HTTP/1.1\r\n', () => {
      connected = true
    })
    await expect.poll(() => connected).toBe(true)
    await close()
    await cut
  })
})

describe('a port that cannot be had', () => {
  it('is named with the remedy when it is taken', async () => {
    const { port } = await start()
    await expect(startCallbackServer({ handler: rig().handler, port })).rejects.toThrow(
      `Cannot listen on 127.0.0.1, port ${port}: the port is taken by another program. Pass another one, or 0`,
    )
  })

  it('is named with the remedy when the address is of another machine', async () => {
    const elsewhere = startCallbackServer({ handler: rig().handler, port: 0, host: '192.0.2.1' })
    await expect(elsewhere).rejects.toThrow(/this machine has no such address. Use 127\.0\.0\.1/)
  })
})
