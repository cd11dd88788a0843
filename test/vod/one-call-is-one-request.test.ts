import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { submitActions } from '../../src/contract/actions.js'
import type { VodError } from '../../src/contract/errors.js'
import { type ApiCall, createVodClient } from '../../src/vod/client.js'
import { clientsFor } from '../../src/worker/accounts.js'
import { thrownBy } from '../support/thrownBy.js'

const credentials = { secretId: 'AKIDEXAMPLE', secretKey: 'a-secret-that-must-not-be-shown' }
const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()))
})

type Answer = (request: IncomingMessage, response: ServerResponse) => void

async function serve(answer: Answer) {
  let count = 0
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    count++
    request.resume().on('end', () => answer(request, response))
  }).on('connection', (socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(async () => {
    server.closeAllConnections()
    server.close()
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { endpoint, seen: () => count, connections: () => sockets.size, server }
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable(),
    (error) => error as VodError,
  )
const good = (_: IncomingMessage, response: ServerResponse) =>
  void response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ Response: { RequestId: 'r-1' } }))

describe('a redirect is not followed', () => {
  it.each([301, 302, 303, 307, 308])('status %s, to the same server for ever', async (status) => {
    const { endpoint, seen } = await serve((_, response) =>
      response.writeHead(status, { location: '/again' }).end(),
    )
    const vod = createVodClient({ endpoint, credentials })
    for (const action of ['DescribeMediaInfos', 'DeleteMedia']) {
      const before = seen()
      const error = await failureOf(vod.send(action, {}))
      expect(error).toMatchObject({ vodCode: 'ClientError.HttpStatus', class: 'ambiguous' })
      expect(error.message).toContain(`HTTP status ${status}`)
      expect(seen() - before).toBe(1)
    }
  })

  it.each([
    'http://127.0.0.1:1/',
    'https://169.254.169.254/latest',
    '//elsewhere.invalid/',
    'not a URL \u0000',
    '',
  ])('to %j', async (location) => {
    const { endpoint, seen } = await serve((request, response) => {
      const head = `HTTP/1.1 302 Found\r\nLocation: ${location.replace('\u0000', '')}\r\nContent-Length: 0\r\n\r\n`
      request.socket.end(head)
      response.destroy()
    })
    const error = await failureOf(createVodClient({ endpoint, credentials }).send('DeleteMedia', {}))
    expect(error).toMatchObject({ vodCode: 'ClientError.HttpStatus' })
    expect(seen()).toBe(1)
  })
})

describe('an endpoint is an origin', () => {
  it.each([
    ['https://vod.example/v2', 'has a path'],
    ['https://vod.example//', 'has a path'],
    ['https://vod.example/?region=x', 'has a query'],
    ['https://vod.example?', 'has a query'],
    ['https://vod.example/#top', 'fragment'],
    ['https://user:hunter2secret@vod.example', 'has a user or a password'],
    ['https://hunter2secret@vod.example/', 'has a user or a password'],
    ['https://:hunter2secret@vod.example:8443', 'has a user or a password'],
    ['https://@vod.example', 'has a user or a password'],
    ['https://vod.ex\nample', 'is not a URL'],
    ['https://vod.example\\hunter2secret', 'is not a URL'],
    ['https://hunter2secret:99999', 'is not a URL'],
    ['user:hunter2secret@vod.example', 'is not a URL'],
    ['javascript:hunter2secret', 'is not a URL'],
  ])('not %j', (endpoint, problem) => {
    const message = thrownBy(() => createVodClient({ endpoint, credentials }))
    expect(message).toContain(problem)
    expect(message).not.toContain('hunter2secret')
  })

  it.each([
    'https://vod.example',
    'https://vod.example/',
    ' http://127.0.0.1:8080\n',
    'HTTPS://VOD.example:8443',
  ])('as %j is', (endpoint) => {
    createVodClient({ endpoint, credentials })
  })
})

describe('a connection that breaks', () => {
  /** Closes each connection in the moment in which a second request arrives on it. */
  async function serveOncePerConnection() {
    const used = new WeakSet<Socket>()
    return serve((request, response) => {
      if (used.has(request.socket)) return void request.socket.resetAndDestroy()
      used.add(request.socket)
      good(request, response)
    })
  }

  it('while it is idle fails no write that VOD would do twice', async () => {
    const { endpoint, connections } = await serveOncePerConnection()
    const vod = createVodClient({ endpoint, credentials })
    const writes: readonly [action: string, request: Record<string, unknown>][] = [
      ['DescribeMediaInfos', {}],
      ['CreateClass', {}],
      ['PullUpload', {}],
      ['PullUpload', { SessionId: '' }],
      ['CreateClass', { SessionId: 'not-known-to-this-action' }],
    ]
    for (const [action, request] of writes)
      expect(await vod.send(action, request)).toEqual({ RequestId: 'r-1' })
    expect(connections()).toBe(5)
  })

  it.each([
    ['DescribeMediaInfos', {}],
    ['DeleteMedia', {}],
    ['PullUpload', { SessionId: 's-1' }],
  ])('while it is idle fails %s %j, whose repeat is harmless', async (action, request) => {
    const { endpoint, connections } = await serveOncePerConnection()
    const vod = createVodClient({ endpoint, credentials })
    await vod.send(action, request)
    expect(await failureOf(vod.send(action, request))).toMatchObject({ vodCode: 'ClientError.Network' })
    expect(await vod.send(action, request)).toEqual({ RequestId: 'r-1' })
    expect(connections()).toBe(2)
  })

  it('serves reads, writes that may be repeated and submits with a SessionId alike', async () => {
    const { endpoint, connections } = await serve(good)
    const vod = createVodClient({ endpoint, credentials })
    await vod.send('DescribeMediaInfos', {})
    await vod.send('ModifyMediaInfo', {})
    for (const action of submitActions) await vod.send(action, { SessionId: `s-${action}` })
    expect(connections()).toBe(1)
  })

  it('is left before a server closes it by the time it has named', async () => {
    const { endpoint, server, connections } = await serve(good)
    server.keepAliveTimeout = 1_000
    const vod = createVodClient({ endpoint, credentials })
    await vod.send('DescribeMediaInfos', {})
    await expect.poll(() => new Promise((resolve) => server.getConnections((_, n) => resolve(n)))).toBe(0)
    await vod.send('DescribeMediaInfos', {})
    expect(connections()).toBe(2)
  })

  it('is left after a while where a server names no time', async () => {
    const { endpoint, server } = await serve((_, response) => {
      response.removeHeader('keep-alive')
      response.writeHead(200, { connection: 'keep-alive' })
      response.end('{"Response":{"RequestId":"r-1"}}')
    })
    server.keepAliveTimeout = 0
    await createVodClient({ endpoint, credentials }).send('DescribeMediaInfos', {})
    await expect.poll(() => new Promise((resolve) => server.getConnections((_, n) => resolve(n)))).toBe(0)
  })

  it('after the request was sent leaves open what was done', async () => {
    const { endpoint } = await serve((request) => request.socket.resetAndDestroy())
    const error = await failureOf(createVodClient({ endpoint, credentials }).send('DeleteMedia', {}))
    expect(error).toMatchObject({ vodCode: 'ClientError.Network', class: 'ambiguous' })
    expect(error.message).toContain('ECONNRESET')
  })

  it('within the answer leaves open what was done', async () => {
    const { endpoint } = await serve((request, response) => {
      response.writeHead(200, { 'content-length': 1_000 }).write('{"Response":')
      setImmediate(() => request.socket.resetAndDestroy())
    })
    const error = await failureOf(createVodClient({ endpoint, credentials }).send('DeleteMedia', {}))
    expect(error).toMatchObject({ vodCode: 'ClientError.Network', class: 'ambiguous' })
  })

  it.each([
    ['nobody listens', 'http://127.0.0.1:1', 'ECONNREFUSED'],
    ['the host has no address', 'http://nowhere.invalid', /ENOTFOUND|EAI_AGAIN/],
  ])('before it stands proves that nothing was sent: %s', async (_, endpoint, code) => {
    const error = await failureOf(createVodClient({ endpoint, credentials }).send('DeleteMedia', {}))
    expect(error).toMatchObject({ vodCode: 'ClientError.NotConnected', class: 'transient' })
    expect(error.message).toMatch(code)
  })

  it('before TLS stands proves it too', async () => {
    const server = createTcpServer((socket) => socket.on('error', () => {}).end('this is no TLS\r\n\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open.push(async () => server.close())
    const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    const error = await failureOf(createVodClient({ endpoint, credentials }).send('DeleteMedia', {}))
    expect(error).toMatchObject({ vodCode: 'ClientError.NotConnected', class: 'transient' })
    expect(error.message).toMatch(/\(E[A-Z_]+\)/)
  })

  it('that does not stand in time proves it too', async () => {
    const silent = createTcpServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    open.push(async () => silent.close())
    const endpoint = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`
    const call = createVodClient({ endpoint, credentials }).send('DeleteMedia', {}, { timeout: 200 })
    expect(await failureOf(call)).toMatchObject({ vodCode: 'ClientError.NotConnected', class: 'transient' })
  })
})

describe('an answer that is too large', () => {
  const json = { 'content-type': 'application/json' }
  const endless: Answer = (_, response) => {
    response.writeHead(200, json).write('{"Response":{"x":"')
    const more = () => {
      while (response.write(Buffer.alloc(64 * 1024, 'a')));
    }
    response.on('drain', more)
    more()
  }
  const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024, ' '), { level: 1 })

  it.each<[what: string, answer: Answer]>([
    ['has no end', endless],
    [
      'is compressed',
      (_, response) => response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(bomb),
    ],
  ])('is given up, and takes no memory: one that %s', async (_, answer) => {
    const { endpoint, server } = await serve(answer)
    const before = process.memoryUsage.rss()
    const error = await failureOf(createVodClient({ endpoint, credentials }).send('DeleteMedia', {}))
    expect(error).toMatchObject({ vodCode: 'ClientError.BadResponse', class: 'ambiguous' })
    expect(error.message).toContain('larger than 16 MiB')
    expect(process.memoryUsage.rss() - before).toBeLessThan(80 * 1024 * 1024)
    await expect.poll(() => new Promise((resolve) => server.getConnections((_, n) => resolve(n)))).toBe(0)
  })

  it('is no answer of 8 MiB', async () => {
    const { endpoint } = await serve((_, response) =>
      response
        .writeHead(200, json)
        .end(JSON.stringify({ Response: { RequestId: 'r-1', x: 'x'.repeat(8 * 1024 * 1024) } })),
    )
    expect(await createVodClient({ endpoint, credentials }).send('DescribeTaskDetail', {})).toMatchObject({
      RequestId: 'r-1',
    })
  })
})

describe('an answer that is a stream of events', () => {
  const stream = { 'content-type': 'text/event-stream' }
  const wanted = JSON.stringify({ Response: { RequestId: 'r-1' } })

  it.each<[what: string, answer: Answer]>([
    [
      'never ends',
      (_, response) => {
        response.writeHead(200, stream)
        const timer = setInterval(() => response.write('data: {"x":1}\n\n'), 1)
        response.on('close', () => clearInterval(timer))
      },
    ],
    ['is an answer of VOD in another form', (_, response) => response.writeHead(200, stream).end(wanted)],
  ])('is refused, and its connection is closed: one that %s', async (_, answer) => {
    const { endpoint, server } = await serve(answer)
    const vod = createVodClient({ endpoint, credentials })
    for (const action of ['DeleteMedia', 'DescribeMediaInfos']) {
      const error = await failureOf(vod.send(action, {}))
      expect(error).toMatchObject({ vodCode: 'ClientError.BadResponse', class: 'ambiguous' })
      expect(error.message).toContain('the answer is a stream of events')
    }
    await expect.poll(() => new Promise((resolve) => server.getConnections((_, n) => resolve(n)))).toBe(0)
  })
})

describe('what VOD or something on the way says', () => {
  it.each([
    ['100,000 dots', '.'.repeat(100_000)],
    ['200 kB of blanks, then a dot', `${' '.repeat(200_000)}.`],
    ['dots and blanks in turn', '. '.repeat(100_000)],
    ['lone surrogates', `\ud83c${'a\udc00'.repeat(50_000)}`],
    ['control characters', '\u001b[31mred\u0007\r\n\u0000'.repeat(10_000)],
  ])('is cut, then made one line: %s', async (_, Message) => {
    const { endpoint } = await serve((_, response) =>
      response.end(
        JSON.stringify({ Response: { Error: { Code: 'InternalError', Message }, RequestId: 'r-2' } }),
      ),
    )
    const vod = createVodClient({ endpoint, credentials })
    const begun = performance.now()
    const error = await failureOf(vod.send('DescribeMediaInfos', {}))
    expect(performance.now() - begun).toBeLessThan(2_000)
    expect(error.vodCode).toBe('InternalError')
    expect(error.message.length).toBeLessThan(900)
    expect(error.message).not.toMatch(/[\p{Cc}\p{Cs}]/u)
  })

  it.each([
    ['a code of another shape', { Error: { Code: 'x\u001b[2J "', Message: 'm' } }],
    ['a code of 10,000 characters', { Error: { Code: 'A'.repeat(10_000), Message: 'm' } }],
    ['a code that is an object', { Error: { Code: { a: 1 }, Message: { b: 2 } } }],
    ['a task next to the error', { TaskId: 't-1', Error: { Code: 'InvalidParameterValue', Message: 'm' } }],
    [
      'a task for moderation next to the error',
      { ReviewAudioVideoTaskId: 't-1', Error: { Code: 'UnauthorizedOperation', Message: 'm' } },
    ],
    [
      'a list of tasks next to the error',
      {
        ImportMediaKnowledgeTaskIdSet: ['t-1'],
        Error: { Code: 'InvalidParameterValue', Message: 'm' },
      },
    ],
  ])('is not believed with %s', async (_, Response) => {
    const { endpoint } = await serve((_, response) => response.end(JSON.stringify({ Response })))
    const error = await failureOf(createVodClient({ endpoint, credentials }).send('DescribeMediaInfos', {}))
    expect(error).toMatchObject({ vodCode: 'ClientError.BadResponse', class: 'ambiguous' })
    expect(error.message.length).toBeLessThan(400)
  })

  it('names the request whose answer has a task and an error', async () => {
    const refusal = { Code: 'InvalidParameterValue', Message: 'm' }
    const Response = { TaskId: 't-1', Error: refusal, RequestId: 'r-1' }
    const { endpoint } = await serve((_, response) => response.end(JSON.stringify({ Response })))
    const error = await failureOf(createVodClient({ endpoint, credentials }).send('EditMedia', {}))
    expect(error).toMatchObject({ requestId: 'r-1', message: expect.stringContaining('TaskId') })
  })

  it.each([
    { TaskId: '' },
    { TaskId: null },
    { ImportMediaKnowledgeTaskIdSet: [] },
    { ImportMediaKnowledgeTaskIdSet: [''] },
  ])('believes an error next to no task (%j)', async (none) => {
    const Response = { ...none, Error: { Code: 'InvalidParameterValue', Message: 'm' }, RequestId: 'r-1' }
    const { endpoint } = await serve((_, response) => response.end(JSON.stringify({ Response })))
    const error = await failureOf(createVodClient({ endpoint, credentials }).send('EditMedia', {}))
    expect(error).toMatchObject({ vodCode: 'InvalidParameterValue', requestId: 'r-1' })
  })

  it.each([credentials.secretId, credentials.secretKey])(
    'shows no key, even where the answer quotes it',
    async (secret) => {
      const { endpoint } = await serve((_, response) =>
        response.end(
          JSON.stringify({
            Response: {
              Error: { Code: 'AuthFailure', Message: `not good: ${secret}` },
              RequestId: `r ${secret}`,
            },
          }),
        ),
      )
      const error = await failureOf(createVodClient({ endpoint, credentials }).send('DescribeMediaInfos', {}))
      expect(error.message).not.toContain(secret)
    },
  )
})

describe('onCall only watches', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('no metrics')
      },
    ],
    ['rejects', () => Promise.reject(new Error('no metrics'))],
  ])('one that %s makes no success a failure, changes no error, and ends no process', async (_, onCall) => {
    const unhandled: unknown[] = []
    const warnings: string[] = []
    const keep = (reason: unknown) => void unhandled.push(reason)
    const note = ({ message }: Error) => void warnings.push(message)
    process.on('unhandledRejection', keep).on('warning', note)
    let isGood = true
    const { endpoint } = await serve((request, response) =>
      isGood ? good(request, response) : void response.writeHead(502).end(),
    )
    const vod = createVodClient({ endpoint, credentials, onCall })
    expect(await vod.send('DeleteMedia', {})).toEqual({ RequestId: 'r-1' })
    isGood = false
    expect(await failureOf(vod.send('DeleteMedia', {}))).toMatchObject({ vodCode: 'ClientError.HttpStatus' })
    await expect.poll(() => warnings).toEqual([expect.stringContaining('onCall')])
    const seen: string[] = []
    const others = [onCall, (call: ApiCall) => void seen.push(call.action)]
    const clientOf = clientsFor({ default: { endpoint, credentials, onCall } }, others)
    await failureOf(clientOf('default').send('DeleteMedia', {}))
    expect(seen).toEqual(['DeleteMedia'])
    await expect.poll(() => warnings.length).toBe(2)
    process.off('unhandledRejection', keep).off('warning', note)
    expect(unhandled).toEqual([])
  })
})
