import { once } from 'node:events'
import { request as ask, createServer, type OutgoingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { spawnVodflow } from '../../cli/cli.js'

const keys = `k1:${'a'.repeat(64)}`
const token = 'b'.repeat(32)

/** The real command, and its address. */
async function codec(env: Readonly<Record<string, string>> = {}) {
  const args = ['codec', '--ui-origin', 'http://127.0.0.1:8233', '--port', '0']
  const child = spawnVodflow(args, { VODFLOW_PAYLOAD_KEYS: keys, ...env })
  const [line] = await once(createInterface(child.stdout), 'line')
  const url = new URL(/on (http:\S+)/.exec(String(line))?.[1] ?? '')
  return { child, url }
}

let open: Awaited<ReturnType<typeof codec>>
let locked: Awaited<ReturnType<typeof codec>>
beforeAll(async () => {
  ;[open, locked] = await Promise.all([codec(), codec({ VODFLOW_CODEC_TOKENS: `ann:${token}` })])
})
afterAll(async () => {
  await Promise.all(
    [open, locked].map(({ child }) => {
      child.kill('SIGTERM')
      return once(child, 'close')
    }),
  )
})

async function decode(
  url: URL,
  headers: OutgoingHttpHeaders = {},
): Promise<{ status: number; text: string }> {
  const sent = ask(new URL('/decode', url), { method: 'POST', headers })
  sent.end('{"payloads":[]}')
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode, text }
}

describe('without access', () => {
  it('someone on this machine reads', async () => {
    expect(await decode(open.url)).toMatchObject({ status: 200 })
    expect(await decode(open.url, { origin: 'http://127.0.0.1:8233' })).toMatchObject({ status: 200 })
  })

  it.each([
    ['forwarded', 'for=203.0.113.7'],
    ['via', '1.1 proxy'],
    ['x-forwarded-for', '203.0.113.7'],
    ['X-Forwarded-Proto', 'https'],
    ['x-forwarded-host', 'codec.example.com'],
    ['x-real-ip', '203.0.113.7'],
    ['x-real-ip', ''],
    ['x-envoy-external-address', '203.0.113.7'],
    ['x-amzn-trace-id', 'Root=1'],
    ['cf-connecting-ip', '203.0.113.7'],
    ['true-client-ip', '203.0.113.7'],
    ['x-original-url', '/decode'],
  ])('nobody reads through a proxy: %s: %s', async (name, value) => {
    const { status, text } = await decode(open.url, { [name]: value })
    expect(status).toBe(403)
    expect(text).toMatch(/comes through a proxy .*VODFLOW_CODEC_TOKENS/)
  })

  it('a request that closes its connection may be one of a proxy, or not', async () => {
    const { status, text } = await decode(open.url, { connection: 'close' })
    expect(status).toBe(403)
    expect(text).toMatch(
      /looks like one from a proxy \(connection: close\): keep the connection open, or start .*VODFLOW_CODEC_TOKENS/,
    )
  })

  it('nobody reads through a real one', async () => {
    const proxy = createServer((incoming, outgoing) => {
      const headers = { ...incoming.headers, host: open.url.host, 'x-forwarded-for': '203.0.113.7' }
      const forwarded = ask(new URL(incoming.url ?? '/', open.url), { method: incoming.method, headers })
      incoming.pipe(forwarded)
      forwarded.on('response', (response) => {
        outgoing.writeHead(response.statusCode ?? 500)
        response.pipe(outgoing)
      })
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port } = proxy.address() as AddressInfo
    expect(await decode(new URL(`http://127.0.0.1:${port}`))).toMatchObject({ status: 403 })
    proxy.close()
  })
})

it('with tokens, a proxy is as good as anybody', async () => {
  const authorization = `Bearer ${token}`
  for (const name of ['forwarded', 'x-forwarded-for', 'via'])
    expect(await decode(locked.url, { [name]: '203.0.113.7', authorization })).toMatchObject({ status: 200 })
  expect(await decode(locked.url, { 'x-forwarded-for': '203.0.113.7' })).toMatchObject({ status: 401 })
})
