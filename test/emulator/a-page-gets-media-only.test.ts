import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Rig, startRig } from './rig.js'

let vod: Rig
beforeAll(async () => {
  vod = await startRig()
})
afterAll(() => vod.close())

interface Sent {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** With any Host and Origin, which `fetch` does not send. */
function send({ method = 'GET', path = '/_admin/books', headers = {}, body = '' }: Sent) {
  return new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const { hostname, port } = new URL(vod.endpoint)
    const sent = request({ hostname, port, method, path, headers }, async (response) => {
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode ?? 0, text })
    })
    sent.once('error', reject).end(body)
  })
}

/** As a browser sends without a preflight. */
const simple = { method: 'POST', path: '/_admin/faults', body: '{"kind":"dropCallback","times":1}' }
const elsewhere = 'https://evil.example'

describe('a page in a browser', () => {
  it.each([
    ['of another site', { origin: elsewhere, 'sec-fetch-site': 'cross-site' }],
    ['of another site, in an old browser', { origin: elsewhere }],
    ['in a sandbox', { origin: 'null' }],
    ['of another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['that was uploaded as a media file', { 'sec-fetch-site': 'same-origin' }],
  ])('%s changes and reads nothing', async (_, headers) => {
    for (const asked of [
      simple,
      { method: 'PUT', path: '/_admin/upload/a.mp4' },
      {},
      { path: '/_admin/media' },
    ])
      expect(await send({ ...asked, headers })).toEqual({
        status: 403,
        text: expect.stringContaining('a page in a browser may only read media'),
      })
    expect(await vod.faults.list()).toEqual([])
  })

  it('makes no call of the API, even with the key', async () => {
    const headers = { origin: elsewhere, 'content-type': 'application/x-www-form-urlencoded' }
    const asked = [
      { method: 'POST', path: '/', headers, body: 'Action=DeleteMedia' },
      { path: '/?Action=DeleteMedia', headers: { host: 'evil.example.com' } },
    ]
    for (const each of asked) expect(await send(each)).toMatchObject({ status: 403 })
    expect(vod.books().calls.filter(({ action }) => action === 'DeleteMedia')).toEqual([])
  })

  it('that has pointed its name at this machine reads nothing', async () => {
    const { port } = new URL(vod.endpoint)
    for (const host of [`evil.example.com:${port}`, `127.0.0.1.example.com:${port}`, 'localhost.example.com'])
      expect(await send({ headers: { host } })).toEqual({
        status: 403,
        text: expect.stringContaining('use 127.0.0.1, localhost'),
      })
  })

  it('plays media', async () => {
    const { MediaUrl } = vod.media(await vod.empty()) ?? {}
    const { pathname } = new URL(MediaUrl ?? '')
    const headers = { origin: elsewhere, 'sec-fetch-site': 'cross-site' }
    expect(await send({ path: pathname, headers })).toMatchObject({ status: 200 })
  })
})

describe('whoever works on this machine', () => {
  it.each([
    ['a program', {}],
    ['the address bar of a browser', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
    ['localhost', { host: 'localhost' }],
    ['IPv6', { host: '[::1]:8080' }],
    ['a container of Docker Desktop', { host: 'host.docker.internal:8080' }],
    ['a service of a compose file', { host: 'vod:8080' }],
    ['a service of Kubernetes', { host: 'vod.media.svc.cluster.local' }],
    ['a program behind a proxy', { host: 'vod.example:8080' }],
    ['another machine by its address', { host: '10.0.0.7:8080' }],
  ])('is served: %s', async (_, headers) => {
    expect(await send({ headers })).toMatchObject({ status: 200 })
  })
})
