import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { VodError } from '../../src/contract/errors.js'
import { createVodClient } from '../../src/vod/client.js'
import { dateAt } from '../../src/vod/connections.js'
import { credentialSource } from '../../src/vod/credentials.js'
import { proxyFor } from '../../src/vod/proxy.js'
import { selfSigned } from '../support/selfSigned.js'
import { thrownBy } from '../support/thrownBy.js'

const variables = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy']
const credentials = { secretId: 'AKIDEXAMPLE', secretKey: 'a-secret-that-must-not-be-shown' }

beforeEach(() => {
  for (const name of variables) for (const each of [name, name.toUpperCase()]) vi.stubEnv(each, undefined)
})
afterEach(() => vi.unstubAllEnvs())

describe('the proxy of the environment, as curl reads it', () => {
  const vod = 'https://vod.intl.tencentcloudapi.com'
  it.each<[string, string, Record<string, string>, string | undefined]>([
    ['none', vod, {}, undefined],
    ['https_proxy', vod, { https_proxy: 'http://a:1' }, 'a:1'],
    ['HTTPS_PROXY', vod, { HTTPS_PROXY: 'http://a:1' }, 'a:1'],
    ['lower case first', vod, { https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:2' }, 'a:1'],
    ['an empty one is not set', vod, { https_proxy: '', HTTPS_PROXY: 'http://b:2' }, 'b:2'],
    ['http_proxy is for http only', vod, { http_proxy: 'http://a:1' }, undefined],
    ['HTTP_PROXY', 'http://vod.example', { HTTP_PROXY: 'http://a:1' }, 'a:1'],
    ['ALL_PROXY for the rest', vod, { ALL_PROXY: 'http://c:3', http_proxy: 'http://a:1' }, 'c:3'],
    ['all_proxy behind https_proxy', vod, { all_proxy: 'http://c:3', HTTPS_PROXY: 'http://b:2' }, 'b:2'],
    ['without a scheme', vod, { https_proxy: 'a.example:3128' }, 'a.example:3128'],
    ['with blanks around', vod, { https_proxy: ' http://a:1\n' }, 'a:1'],
    ['no_proxy: the host', vod, { https_proxy: 'a:1', no_proxy: 'vod.intl.tencentcloudapi.com' }, undefined],
    ['no_proxy: a domain above', vod, { https_proxy: 'a:1', NO_PROXY: 'x, tencentcloudapi.com' }, undefined],
    ['no_proxy: with a dot', vod, { https_proxy: 'a:1', no_proxy: '.tencentcloudapi.com' }, undefined],
    ['no_proxy: with a star', vod, { https_proxy: 'a:1', no_proxy: '*.tencentcloudapi.com' }, undefined],
    ['no_proxy: everything', vod, { https_proxy: 'a:1', no_proxy: '*' }, undefined],
    ['no_proxy: upper-case host', vod, { https_proxy: 'a:1', no_proxy: 'TencentCloudAPI.com' }, undefined],
    ['no_proxy: part of a name', vod, { https_proxy: 'a:1', no_proxy: 'cloudapi.com' }, 'a:1'],
    ['no_proxy: lower case first', vod, { https_proxy: 'a:1', no_proxy: 'x', NO_PROXY: '*' }, 'a:1'],
    ['no_proxy: the port', vod, { https_proxy: 'a:1', no_proxy: 'tencentcloudapi.com:443' }, undefined],
    ['no_proxy: another port', vod, { https_proxy: 'a:1', no_proxy: 'tencentcloudapi.com:444' }, 'a:1'],
    ['no_proxy: an address', 'http://10.1.2.3', { http_proxy: 'a:1', no_proxy: '10.1.2.3' }, undefined],
    ['no_proxy: a block', 'http://10.1.2.3', { http_proxy: 'a:1', no_proxy: '10.0.0.0/8' }, undefined],
    ['no_proxy: another block', 'http://11.1.2.3', { http_proxy: 'a:1', no_proxy: '10.0.0.0/8' }, 'a:1'],
    ['no_proxy: IPv6', 'http://[fd00::1]', { http_proxy: 'a:1', no_proxy: '[fd00::1]' }, undefined],
    ['no_proxy: a block of IPv6', 'http://[fd00::1]', { http_proxy: 'a:1', no_proxy: 'fd00::/8' }, undefined],
    ['localhost', 'http://localhost:8080', { http_proxy: 'http://a:1' }, undefined],
    ['127.0.0.1', 'http://127.0.0.1:8080', { ALL_PROXY: 'http://a:1' }, undefined],
    ['127.1', 'http://127.1:8080', { ALL_PROXY: 'http://a:1' }, undefined],
    ['::1', 'http://[::1]:8080', { http_proxy: 'http://a:1' }, undefined],
  ])('%s', (_, url, env, expected) => {
    const proxy = proxyFor(new URL(url), env)
    expect(proxy && `${proxy.host}:${proxy.port}`).toBe(expected)
  })

  it.each([
    ['HTTPS_PROXY', 'socks5://user:hunter2secret@a:1'],
    ['all_proxy', 'socks5h://hunter2secret:1'],
    ['https_proxy', 'http://user:hunter2secret@a:99999'],
    ['https_proxy', 'http://user:hunter2secret\n@a:1'],
    ['HTTPS_PROXY', 'http://user:hunter2secret\u00e9@a:1'],
    ['ALL_PROXY', 'http://us er:hunter2secret@ b'],
    ['https_proxy', '"http://user:hunter2secret@a:1"'],
    ['HTTPS_PROXY', "'http://user:hunter2secret@a:1'"],
    ['HTTPS_PROXY', '"a:1"'],
    ['https_proxy', 'DIRECT'],
    ['all_proxy', 'http://user:hunter2secret@a:0'],
  ])('a bad one is named and not shown: %s', (name, value) => {
    vi.stubEnv(name, value)
    const message = thrownBy(() => createVodClient({ credentials }))
    expect(message).toContain(name)
    expect(message).not.toContain('hunter2secret')
  })
})

describe('calls go through a real proxy', () => {
  const { key, cert } = selfSigned()
  const asked: { line: string; authorization: string | undefined }[] = []
  const note = ({ method, url, headers }: IncomingMessage) =>
    void asked.push({ line: `${method} ${url}`, authorization: headers['proxy-authorization'] })
  let refuse = 0
  let extra = ''
  let answer: object = {}
  const vod = createTlsServer({ key, cert }, (_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ Response: { RequestId: 'over-tls', ...answer } }))
  })
  const plain = createServer((_, response) =>
    response.end(JSON.stringify({ Response: { RequestId: 'plain' } })),
  )
  const onRequest = (incoming: IncomingMessage, response: ServerResponse) => {
    note(incoming)
    const { pathname } = new URL(incoming.url as string)
    const { port } = plain.address() as AddressInfo
    const onward = request({ port, path: pathname, method: incoming.method, headers: incoming.headers })
    incoming.pipe(onward.on('response', (answer) => answer.pipe(response)))
  }
  const onConnect = (incoming: IncomingMessage, socket: Duplex) => {
    note(incoming)
    if (refuse !== 0) return void socket.end(`HTTP/1.1 ${refuse} hunter2secret\r\n\r\n`)
    const onward = connect((vod.address() as AddressInfo).port, '127.0.0.1', () => {
      socket.write(`HTTP/1.1 200 OK\r\n\r\n${extra}`)
      onward.pipe(socket).pipe(onward)
    })
    for (const each of [socket, onward]) each.on('error', () => {})
  }
  const proxy = createServer(onRequest).on('connect', onConnect)
  const tlsProxy = createTlsServer({ key, cert }, onRequest).on('connect', onConnect)
  const servers = [vod, plain, proxy, tlsProxy]
  let at = ''
  beforeAll(async () => {
    for (const server of servers) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    at = `user:hunter2secret@127.0.0.1:${(proxy.address() as AddressInfo).port}`
  })
  beforeEach(() => {
    refuse = 0
    extra = ''
    answer = {}
    asked.length = 0
    // The certificate is of this test.
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
  })
  afterAll(() => {
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
  })
  const authorization = `Basic ${Buffer.from('user:hunter2secret').toString('base64')}`

  it.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])('by CONNECT: %s', async (name) => {
    vi.stubEnv(name, `http://${at}`)
    const client = createVodClient({ endpoint: 'https://vod.example', credentials })
    for (const action of ['DescribeMediaInfos', 'DeleteMedia', 'CreateClass'])
      expect(await client.send(action, {})).toEqual({ RequestId: 'over-tls' })
    // Only a write that VOD would do twice has a connection of its own.
    const line = 'CONNECT vod.example:443'
    expect(asked).toEqual([
      { line, authorization },
      { line, authorization },
    ])
  })

  it.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY'])('by the whole URL, for http: %s', async (name) => {
    vi.stubEnv(name, `http://${at}`)
    const client = createVodClient({ endpoint: 'http://vod.example:8080', credentials })
    expect(await client.send('DeleteMedia', {})).toEqual({ RequestId: 'plain' })
    expect(asked).toEqual([{ line: 'POST http://vod.example:8080/', authorization }])
  })

  it('that speaks TLS itself', async () => {
    const { port } = tlsProxy.address() as AddressInfo
    vi.stubEnv('ALL_PROXY', `https://user:hunter2secret@127.0.0.1:${port}`)
    const over = (endpoint: string) => createVodClient({ endpoint, credentials }).send('DeleteMedia', {})
    expect(await over('https://vod.example')).toEqual({ RequestId: 'over-tls' })
    expect(await over('http://vod.example')).toEqual({ RequestId: 'plain' })
    expect(asked).toEqual([
      { line: 'CONNECT vod.example:443', authorization },
      { line: 'POST http://vod.example/', authorization },
    ])
  })

  it('and so does what doctor asks', async () => {
    vi.stubEnv('https_proxy', `http://${at}`)
    expect(await dateAt(new URL('https://vod.example'))).toEqual({ date: expect.any(Number) })
    expect(asked).toHaveLength(1)
    vi.stubEnv('no_proxy', 'vod.example')
    expect(await dateAt(new URL('https://vod.example'))).toEqual({ unreachable: expect.any(String) })
    expect(asked).toHaveLength(1)
  })

  it.each([407, 403, 502])('one that answers CONNECT with %s has sent nothing on', async (status) => {
    vi.stubEnv('https_proxy', `http://${at}`)
    refuse = status
    const client = createVodClient({ endpoint: 'https://vod.example', credentials })
    const error: VodError = await client.send('DeleteMedia', {}).catch((thrown) => thrown)
    expect(error).toMatchObject({ vodCode: 'ClientError.NotConnected', class: 'transient' })
    expect(error.message).toContain(`PROXY_ANSWERED_${status}`)
    expect(error.message + error.stack).not.toMatch(/hunter2secret|dXNlcjpodW/)
  })

  it('bytes that follow its answer at once belong to the tunnel', async () => {
    vi.stubEnv('https_proxy', `http://${at}`)
    extra = 'this is no TLS'
    const client = createVodClient({ endpoint: 'https://vod.example', credentials })
    const error: VodError = await client.send('DeleteMedia', {}).catch((thrown) => thrown)
    expect(error).toMatchObject({ vodCode: 'ClientError.NotConnected', class: 'transient' })
    expect(error.message).toContain('ERR_SSL_')
  })

  it.each(['DeleteMedia', 'DescribeMediaInfos'])(
    'a certificate that is not good ends %s before anything is sent',
    async (action) => {
      vi.stubEnv('https_proxy', `http://${at}`)
      vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', undefined)
      const client = createVodClient({ endpoint: 'https://vod.example', credentials })
      const error: VodError = await client.send(action, {}).catch((thrown) => thrown)
      expect(error).toMatchObject({ vodCode: 'ClientError.NotConnected', class: 'transient' })
      expect(error.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT')
    },
  )

  it('the metadata server of a CVM is never asked through one', async () => {
    for (const name of ['http_proxy', 'ALL_PROXY']) vi.stubEnv(name, `http://${at}`)
    for (const name of ['SECRET_ID', 'SECRET_KEY']) vi.stubEnv(`TENCENTCLOUD_${name}`, undefined)
    vi.stubEnv('HOME', '/nowhere')
    await expect(credentialSource('default').getCredential()).rejects.toThrow('none found')
    expect(asked).toEqual([])
  })

  it.each([
    ['AuthFailure.SecretIdNotFound', 'BadCredentials'],
    ['AuthFailure.SignatureFailure', 'BadCredentials'],
    ['AuthFailure.SignatureExpire', 'CredentialSource'],
    ['InternalError.GetRoleError', 'CredentialSource'],
    ['InvalidParameter.RoleNotExist', 'CredentialSource'],
  ])('STS is, and what it answers to a role is named: %s', async (Code, kind) => {
    answer = { Error: { Code, Message: 'no: hunter2secret-key' } }
    vi.stubEnv('https_proxy', `http://${at}`)
    vi.stubEnv('TENCENTCLOUD_SECRET_ID', 'AKIDEXAMPLE')
    vi.stubEnv('TENCENTCLOUD_SECRET_KEY', 'hunter2secret-key')
    const assumeRole = { RoleArn: 'qcs::cam::uin/1:roleName/r', RoleSessionName: 's' }
    const error = await credentialSource({ assumeRole })
      .getCredential()
      .catch((thrown) => thrown)
    expect(error).toMatchObject({ vodCode: `ClientError.${kind}`, class: 'transient' })
    expect(error.message).toContain(`(${Code})`)
    expect(asked[0]?.line).toBe('CONNECT sts.tencentcloudapi.com:443')
    expect(error.message).not.toContain('hunter2secret')
  })
})

describe('a call that is given up while it connects', () => {
  it.each<[string, Record<string, string>]>([
    ['to VOD', {}],
    ['to a proxy', { https_proxy: 'http://127.0.0.1' }],
    ['to a proxy that speaks TLS', { https_proxy: 'https://127.0.0.1' }],
  ])('closes its connection %s', async (_, env) => {
    const silent = createTcpServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, `${value}:${port}`)
    const endpoint = env.https_proxy ? 'https://vod.example' : `https://127.0.0.1:${port}`
    const caller = new AbortController()
    const call = createVodClient({ endpoint, credentials }).send('DeleteMedia', {}, { signal: caller.signal })
    const failed = expect(call).rejects.toMatchObject({ vodCode: 'ClientError.Aborted' })
    const [socket] = (await once(silent, 'connection')) as [Socket]
    socket.on('error', () => {}).resume()
    caller.abort()
    await failed
    // Sooner than a connection that does not stand is ended.
    await once(socket, 'close', { signal: AbortSignal.timeout(5_000) })
    silent.close()
  })

  it('closes its tunnel in which TLS does not stand yet', async () => {
    const proxy = createServer().listen(0, '127.0.0.1')
    await once(proxy, 'listening')
    vi.stubEnv('https_proxy', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`)
    const caller = new AbortController()
    const client = createVodClient({ endpoint: 'https://vod.example', credentials })
    const failed = expect(client.send('DeleteMedia', {}, { signal: caller.signal })).rejects.toThrow(
      'gave up',
    )
    const [, socket] = (await once(proxy, 'connect')) as [IncomingMessage, Socket]
    socket.on('error', () => {}).write('HTTP/1.1 200 OK\r\n\r\n')
    await once(socket, 'data')
    caller.abort()
    await failed
    await once(socket, 'end', { signal: AbortSignal.timeout(5_000) })
    proxy.close()
  })
})
