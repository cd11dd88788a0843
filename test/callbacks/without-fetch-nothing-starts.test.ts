import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createWebhookActivities } from '../../src/activities/index.js'
import {
  createForward,
  createPushHandler,
  startCallbackServer,
  toNodeListener,
} from '../../src/callbacks/index.js'
import { binary } from '../support/binary.js'
import { keys, ours, rig } from './rig.js'

afterEach(() => vi.unstubAllGlobals())

const handler = async () => new Response('ok')
const deliver = async () => 'delivered' as const

const starts: readonly [string, () => unknown][] = [
  ['createPushHandler', () => createPushHandler({ keys, deliver })],
  ['toNodeListener', () => toNodeListener(handler)],
  ['startCallbackServer', () => startCallbackServer({ handler, port: 0 })],
]

class Empty {}
/** As the polyfills of browsers: a body that cannot be read as it comes. */
class WithoutBody {
  readonly url: string
  readonly method = 'POST'
  readonly headers: Headers
  constructor(url: string, { headers }: RequestInit) {
    this.url = url
    this.headers = new Headers(headers)
  }
}

describe.each(starts)('%s', (_, start) => {
  it.each(['Request', 'Response', 'Headers', 'ReadableStream'])('needs %s', async (name) => {
    vi.stubGlobal(name, undefined)
    await expect((async () => start())()).rejects.toThrow(
      `globalThis.${name}: missing; start Node without --no-experimental-fetch, which NODE_OPTIONS may contain too`,
    )
  })

  it.each<[string, unknown]>([
    ['Request', Empty],
    ['Request', WithoutBody],
    ['Response', Empty],
    ['Headers', Empty],
    ['Headers', Map],
  ])('refuses %s of another library', async (name, replaced) => {
    vi.stubGlobal(name, replaced)
    await expect((async () => start())()).rejects.toThrow(
      /^globalThis\.\w+: is not as in Node; remove the polyfill or mock that replaces it, at least until vodflow has started/,
    )
  })
})

it.each([
  ['createForward', () => createForward('http://app.example')],
  [
    'a webhook',
    () => createWebhookActivities({ app: { url: 'https://a.example', secret: `whsec_${'a'.repeat(32)}` } }),
  ],
  ['forwardTo', () => createPushHandler({ keys, deliver, forwardTo: 'http://app.example' })],
])('%s needs fetch', (_, start) => {
  vi.stubGlobal('fetch', undefined)
  expect(start).toThrow('globalThis.fetch: missing; start Node without')
})

it('classes that are replaced later change nothing', async () => {
  const given = rig()
  const server = createServer(toNodeListener(given.handler)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  for (const name of ['Request', 'Response', 'Headers']) vi.stubGlobal(name, Empty)
  const { port } = server.address() as AddressInfo
  expect((await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: ours() })).status).toBe(200)
  server.closeAllConnections()
  server.close()
})

it('the command ends with the remedy', async () => {
  const args = ['--no-experimental-fetch', binary, 'callbacks', '--port', '0']
  const env = { PATH: process.env.PATH, VODFLOW_MAC_KEYS: `k1:${'a'.repeat(32)}` }
  await expect(promisify(execFile)(process.execPath, args, { env })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/globalThis\.Request: missing; start Node without --no-experimental-fetch/),
  })
})

describe('a request that no code foresees', () => {
  const odd = () =>
    ({
      method: 'POST',
      get headers() {
        throw new Error('odd')
      },
    }) as unknown as Request

  it('is answered 500, counted and logged', async () => {
    const given = rig()
    expect((await given.handler(odd())).status).toBe(500)
    expect(given.handler.counts()).toMatchObject({ failed: 1 })
    expect(given.lines).toEqual([
      {
        level: 'warn',
        fields: { verdict: 'failed', problem: 'odd' },
        message: 'the event could not be handled because of an unexpected error',
      },
    ])
  })

  it('is a warning of Node where there is no logger', async () => {
    const warned = once(process, 'warning')
    expect((await createPushHandler({ keys, deliver })(odd())).status).toBe(500)
    expect(await warned).toMatchObject([{ message: expect.stringMatching(/unexpected error \(odd\)/) }])
  })

  it.each([
    ['TRACE', '/'],
    ['POST', '//'],
  ])('cannot be expressed: %s %s is answered 400', async (method, url) => {
    expect(await answerOf({ method, url, headers: {} })).toBe(400)
  })

  it('of which the listener can make no Request is answered 500', async () => {
    const warned = once(process, 'warning')
    expect(await answerOf({ method: 'POST', url: '/', headers: { 'x-odd': 'a\nb' } })).toBe(500)
    expect(await warned).toMatchObject([
      { message: expect.stringMatching(/no Request could be made of an event \(TypeError\)/) },
    ])
  })
})

/** The status with which a listener answers a request that a test of a user makes by hand. */
async function answerOf(incoming: object): Promise<number> {
  let answered = 0
  const outgoing = {
    headersSent: false,
    writeHead(status: number) {
      answered = status
    },
    end() {},
  }
  const listener = toNodeListener(handler)
  await listener(incoming as never, outgoing as never)
  return answered
}
