import { randomBytes } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { defaultPayloadConverter } from '@temporalio/common'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { startCallbackServer } from '../../../src/callbacks/index.js'
import {
  type Access,
  accessByIssuer,
  accessByTokens,
  anyOf,
  createCodecHandler,
} from '../../../src/operate/codec/index.js'
import { payloadEncryption } from '../../../src/temporal/encryption.js'

const ui = 'http://127.0.0.1:8233'
const keys = `k1:${randomBytes(32).toString('hex')}`
const token = randomBytes(24).toString('hex')
const lines: { fields: object; message: string }[] = []
const write = (fields: object, message: string) => void lines.push({ fields, message })

const closers: (() => unknown)[] = []
afterEach(async () => {
  lines.length = 0
  for (const close of closers.splice(0)) await close()
})

async function start(access?: Access): Promise<string> {
  const handler = createCodecHandler({
    dataConverter: payloadEncryption(keys),
    origins: [ui],
    access,
    logger: { info: write, warn: write },
  })
  const server = await startCallbackServer({ handler, port: 0 })
  closers.push(() => server.close())
  return server.url
}

/** As Temporal's UI has it from the server. */
async function sealed(value: unknown, by = keys) {
  const [codec] = payloadEncryption(by).payloadCodecs ?? []
  const [{ metadata = {}, data } = {}] =
    (await codec?.encode([defaultPayloadConverter.toPayload(value)])) ?? []
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
    ),
    data: Buffer.from(data ?? []).toString('base64'),
  }
}

interface Asked {
  readonly status: number
  readonly headers: Headers
  readonly values: unknown[]
}

async function ask(
  url: string,
  payloads: readonly unknown[],
  headers: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const body = JSON.stringify({ payloads })
  const response = await fetch(`${url}decode`, {
    method: 'POST',
    body,
    headers: { 'x-namespace': 'films', ...headers },
  })
  const answer = (await response.json()) as { payloads?: { data: string }[] }
  const values = (answer.payloads ?? []).map(({ data }) => Buffer.from(data, 'base64').toString())
  return { status: response.status, headers: response.headers, values }
}

it('a page of the UI reads, and the log says how much, not what', async () => {
  const { status, headers, values } = await ask(await start(), [await sealed({ FileId: '528' })], {
    origin: ui,
  })
  expect({ status, values }).toEqual({ status: 200, values: ['{"FileId":"528"}'] })
  expect(headers.get('access-control-allow-origin')).toBe(ui)
  expect(headers.get('cache-control')).toBe('no-store')
  expect(lines).toEqual([
    {
      fields: { who: 'someone on this machine', namespace: 'films', payloads: 1, unread: 0 },
      message: 'decoded',
    },
  ])
})

it('what cannot be decrypted comes back as it was, and hides nothing else', async () => {
  const other = await sealed('lost', `k9:${'0'.repeat(64)}`)
  const plain = { metadata: { encoding: Buffer.from('json/plain').toString('base64') }, data: 'MQ==' }
  const response = await fetch(`${await start()}decode`, {
    method: 'POST',
    body: JSON.stringify({ payloads: [other, await sealed('kept'), plain] }),
  })
  const { payloads } = (await response.json()) as { payloads: { data: string }[] }
  expect(payloads[0]).toEqual(other)
  expect(Buffer.from(payloads[1]?.data ?? '', 'base64').toString()).toBe('"kept"')
  expect(payloads[2]).toEqual(plain)
  expect(lines[0]?.fields).toMatchObject({ payloads: 3, unread: 1 })
})

describe('a page of somebody else', () => {
  it.each(['https://evil.example', 'null', `${ui}.evil.example`, 'http://127.0.0.1:9999'])(
    '%s reads nothing',
    async (origin) => {
      const { status, headers, values } = await ask(await start(), [await sealed('secret')], { origin })
      expect({ status, values }).toEqual({ status: 403, values: [] })
      expect(headers.get('access-control-allow-origin')).toBeNull()
    },
  )

  it('that has pointed its name at this machine reads nothing', async () => {
    const { hostname, port } = new URL(await start())
    const { request } = await import('node:http')
    const status = await new Promise((resolve, reject) => {
      const headers = { host: `evil.example:${port}` }
      request({ hostname, port, path: '/decode', method: 'POST', headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .once('error', reject)
        .end('{"payloads":[]}')
    })
    expect(status).toBe(403)
  })

  it('gets no preflight; the UI does', async () => {
    const url = await start(accessByTokens(`ann:${token}`))
    const preflight = (origin: string) =>
      fetch(`${url}decode`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      })
    expect((await preflight('https://evil.example')).status).toBe(403)
    const good = await preflight(ui)
    expect(good.status).toBe(204)
    expect(good.headers.get('access-control-allow-headers')).toMatch(/authorization.*x-namespace/)
  })
})

describe('with tokens', () => {
  it('only who has one reads, and the log has the name', async () => {
    const url = await start(accessByTokens(`ann:${token},bob:${'b'.repeat(32)}`))
    const payloads = [await sealed('secret')]
    const answers = await Promise.all(
      [{}, { authorization: `Bearer ${token.slice(1)}x` }, { authorization: `Basic ${token}` }].map(
        (headers) => ask(url, payloads, headers),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401])
    expect(await ask(url, payloads, { authorization: `Bearer ${token}` })).toMatchObject({
      values: ['"secret"'],
    })
    expect(lines.slice(0, 3).map(({ fields }) => fields)).toEqual([
      { namespace: 'films', tokenIs: 'missing' },
      { namespace: 'films', tokenIs: 'not on the list' },
      { namespace: 'films', tokenIs: 'missing' },
    ])
    expect(lines.at(-1)?.fields).toMatchObject({ who: 'ann' })
    expect(JSON.stringify(lines)).not.toContain(token.slice(0, 12))
  })

  it.each([
    ['no name', token, /entry 1 does not start with a name and a colon/],
    ['short', 'ann:abc', /the token of entry 1 is shorter than 32 characters/],
    ['the wrong way round', `${token}:ann`, /the token of entry 1 is shorter than 32 characters/],
    ['a semicolon between two', `ann:${token}; bob:${token}`, /entry 1 contains another token/],
    ['empty entry', `ann:${token},`, /entry 2/],
  ])('%s: refused in words, without the token', (_, text, message) => {
    expect(() => accessByTokens(text)).toThrow(message)
    expect(() => accessByTokens(text)).not.toThrow(token)
  })
})

describe('with the log-in of the UI', () => {
  const about = { issuer: 'https://login.example', audience: 'temporal' }

  async function issuer() {
    const { publicKey, privateKey } = await generateKeyPair('RS256')
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'RS256' }
    const jwksText = JSON.stringify({ keys: [jwk] })
    const issuing = { serve: ((_, response) => void response.end(jwksText)) as RequestListener }
    const server: Server = createServer((...exchange) => issuing.serve(...exchange))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => {
      server.close()
      server.closeAllConnections()
    })
    const jwks = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
    const tokenOf = ({
      issuer = about.issuer,
      audience = about.audience,
      expires = '5m',
      key = privateKey,
    } = {}) =>
      new SignJWT({ email: 'ann@example.com' })
        .setProtectedHeader({ alg: 'RS256', kid: 'one' })
        .setSubject('7')
        .setIssuer(issuer)
        .setAudience(audience)
        .setExpirationTime(expires)
        .sign(key)
    return { jwks, tokenOf, jwksText, issuing }
  }

  it('a valid token reads; another key, issuer, audience or time does not', async () => {
    const { jwks, tokenOf } = await issuer()
    const url = await start(anyOf([accessByTokens(`bob:${token}`), await accessByIssuer({ jwks, ...about })]))
    const payloads = [await sealed('secret')]
    const as = async (bearer: string) => ask(url, payloads, { authorization: `Bearer ${bearer}` })
    expect(await as(await tokenOf())).toMatchObject({ status: 200, values: ['"secret"'] })
    expect(lines.at(-1)?.fields).toMatchObject({ who: 'ann@example.com' })
    const { privateKey: stranger } = await generateKeyPair('RS256')
    for (const [wrong, tokenIs] of [
      [{ key: stranger }, /signature/],
      [{ issuer: 'x' }, /"iss"/],
      [{ audience: 'x' }, /"aud"/],
      [{ expires: '-1m' }, /"exp"/],
    ] as const) {
      expect(await as(await tokenOf(wrong))).toMatchObject({ status: 401, values: [] })
      expect(lines.at(-1)).toMatchObject({ fields: { tokenIs: expect.stringMatching(tokenIs) } })
    }
    expect(await as(token)).toMatchObject({ status: 200 })
  })

  const endless: RequestListener = (_, response) => {
    const more = () => {
      while (response.write(Buffer.alloc(64 * 1024, ' ')));
    }
    response.on('drain', more)
    more()
  }

  it.each<[problem: string, serve: RequestListener, said: RegExp]>([
    ['does not answer', () => {}, /does not answer within 50 ms/],
    ['stops in the middle', (_, response) => void response.write('{'), /does not answer within 50 ms/],
    ['redirects', (_, response) => void response.writeHead(302, { location: '/r' }).end(), /HTTP status 302/],
    ['is a page', (_, response) => void response.end('<html>'), /is no JWKS/],
    ['is other JSON', (_, response) => void response.end('{"keys":7}'), /is no JWKS/],
    ['never ends', endless, /is larger than 1 MiB/],
    ['breaks off', (_, response) => void response.socket?.destroy(), /cannot be reached/],
  ])(
    'a JWKS that %s: the log says so, and nobody is told that a good token is not valid',
    async (_, serve, said) => {
      const { jwks, tokenOf, jwksText, issuing } = await issuer()
      issuing.serve = serve
      // A busy machine sends the first bytes late.
      const timeoutMs = said.source.includes('50 ms') ? 50 : 20_000
      // Whoever is on the list is known all the same, whichever way is asked first.
      const ways = [await accessByIssuer({ jwks, ...about, timeoutMs }), accessByTokens(`bob:${token}`)]
      const url = await start(anyOf(ways))
      const as = async (bearer: string) => ask(url, [], { authorization: `Bearer ${bearer}` })
      const before = process.memoryUsage().rss
      const { status, headers } = await as(await tokenOf())
      expect([status, headers.get('retry-after')]).toEqual([503, '10'])
      expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
      expect(lines).toEqual([
        {
          fields: { namespace: 'films', problem: expect.stringMatching(said) },
          message: 'refused to decode: the JWKS of the issuer cannot be read',
        },
      ])
      expect(lines[0]?.fields).toMatchObject({ problem: expect.stringContaining(jwks) })
      expect(await as(token)).toMatchObject({ status: 200 })
      issuing.serve = (_, response) => void response.end(jwksText)
      expect(await as(await tokenOf())).toMatchObject({ status: 200 })
    },
  )
})

it.each([
  ['another path', 'encode', '{"payloads":[]}', 404],
  ['no JSON', 'decode', '{', 400],
  ['no payloads', 'decode', '{"payloads":7}', 400],
  ['more than Temporal can send', 'decode', 'x'.repeat(9 * 1024 * 1024), 413],
])('%s: %s is answered, and the server goes on', async (_, path, body, status) => {
  const url = await start()
  expect((await fetch(`${url}${path}`, { method: 'POST', body })).status).toBe(status)
  expect((await ask(url, [])).status).toBe(200)
})
