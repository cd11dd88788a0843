import { once } from 'node:events'
import { connect } from 'node:net'
import { Gauge, Registry } from 'prom-client'
import { afterEach, expect, it } from 'vitest'
import { serveHealth, serveMetrics } from '../../src/cli/operatorServer.js'
import { freePort } from '../support/freePort.js'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function health(state: string) {
  const address = { host: '127.0.0.1', port: await freePort() }
  const server = await serveHealth(address, () => state)
  closers.push(() => server.close())
  return async (method: string, path: string) =>
    (await fetch(`http://127.0.0.1:${address.port}${path}`, { method })).status
}

const pages = ['', '?verbose', '?a=/b', '/', '/?a=b'].flatMap((tail) =>
  ['', '/worker', '/vod/a/b'].map((prefix) => (page: string) => `${prefix}/${page}${tail}`),
)

it.each(['GET', 'HEAD'])('%s asks a worker how it is, on any prefix and with any query', async (method) => {
  const [running, starting, failed] = [
    await health('RUNNING'),
    await health('STARTING'),
    await health('FAILED'),
  ]
  for (const page of pages) {
    const [alive, ready] = [page('healthz'), page('readyz')]
    expect([alive, await running(method, alive), await starting(method, alive)]).toEqual([alive, 200, 200])
    expect([ready, await running(method, ready), await starting(method, ready)]).toEqual([ready, 200, 503])
    expect([alive, await failed(method, alive), await failed(method, ready)]).toEqual([alive, 503, 503])
  }
})

it.each([
  ['POST', '/healthz'],
  ['GET', '/'],
  ['GET', '/healthz/more'],
  ['GET', '/?/readyz'],
  ['DELETE', '/readyz'],
])('%s %s is not found', async (method, path) => {
  const ask = await health('RUNNING')
  expect(await ask(method, path)).toBe(404)
})

it('metrics are read on any prefix and with any query', async () => {
  const address = { host: '127.0.0.1', port: await freePort() }
  const server = await serveMetrics(new Registry(), address)
  closers.push(() => server.close())
  const ask = async (path: string, method = 'GET') =>
    (await fetch(`http://127.0.0.1:${address.port}${path}`, { method })).status
  for (const page of pages) expect(await ask(page('metrics'))).toBe(200)
  expect([await ask('/metrics', 'HEAD'), await ask('/metrics', 'POST'), await ask('/metric')]).toEqual([
    200, 404, 404,
  ])
})

it('metrics are gathered once for all who ask at the same time', async () => {
  const address = { host: '127.0.0.1', port: await freePort() }
  const registry = new Registry()
  let gathered = 0
  const collect = () => {
    gathered++
  }
  registry.registerMetric(new Gauge({ name: 'some', help: 'Some.', registers: [], collect }))
  const server = await serveMetrics(registry, address)
  closers.push(() => server.close())
  const socket = connect(address).setEncoding('utf8')
  let said = ''
  socket.on('data', (chunk) => {
    said += chunk
  })
  socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(9))
  socket.end('GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  await once(socket, 'close')
  expect(said.match(/^# TYPE some gauge/gm)).toHaveLength(10)
  expect(gathered).toBeLessThan(10)
})
