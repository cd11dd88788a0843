import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type Http2ServerRequest,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { serve } from '@hono/node-server'
import { bodyParser } from '@koa/bodyparser'
import express from 'express'
import fastify, { type FastifyInstance } from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mount as mountExpress } from '../../examples/snippets/callbacksExpress.js'
import { mount as mountFastify } from '../../examples/snippets/callbacksFastify.js'
import { mount as mountKoa } from '../../examples/snippets/callbacksKoa.js'
import { type PushHandler, startCallbackServer, toNodeListener } from '../../src/callbacks/index.js'
import { gate, ours, type Rig, rig } from './rig.js'

// Hono replaces these classes of the process when it serves, and other tests run in this process too.
const own = ['Request', 'Response'].map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)])
const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  Object.defineProperties(globalThis, Object.fromEntries(own))
})

async function listening(server: Server): Promise<string> {
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/vod`
}

const nodeServer = (listener: RequestListener) => listening(createServer(listener))

type Mounted = (handler: PushHandler) => Promise<string>

const withExpress =
  (before: (app: express.Express) => unknown = () => {}): Mounted =>
  (handler) => {
    const app = express()
    before(app)
    mountExpress(app, handler)
    return nodeServer(app)
  }

const withKoa =
  (before: (app: Koa) => unknown = () => {}): Mounted =>
  (handler) => {
    const app = new Koa().on('error', () => {})
    before(app)
    mountKoa(app, handler)
    return nodeServer(app.callback())
  }

const withFastify =
  (mount: (app: FastifyInstance, handler: PushHandler) => unknown): Mounted =>
  async (handler) => {
    const app = fastify()
    mount(app, handler)
    closers.push(() => app.close())
    return `${await app.listen({ port: 0, host: '127.0.0.1' })}/vod`
  }

const withHono =
  (before: (app: Hono) => unknown = () => {}): Mounted =>
  async (handler) => {
    const app = new Hono()
    before(app)
    app.post('/vod', (context) => handler(context.req.raw))
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
    await new Promise<void>((resolve) => server.once('listening', resolve))
    return listening(server as Server)
  }

/** As Next.js reads the body for a route of its pages. */
const withReadBody =
  (bodyOf: (bytes: Buffer) => object): Mounted =>
  (handler) => {
    const listener = toNodeListener(handler)
    return nodeServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = []
      for await (const chunk of incoming) chunks.push(chunk)
      await listener(Object.assign(incoming, bodyOf(Buffer.concat(chunks))), outgoing)
    })
  }

const keepRaw = (request: IncomingMessage, _: unknown, rawBody: Buffer) =>
  void Object.assign(request, { rawBody })
const any = { type: () => true }

/** What gets a foreign event from the handler. */
let got: { url: string | undefined; type: string | undefined; body: Buffer }[] = []
let forwardTo = ''
beforeEach(async () => {
  got = []
  forwardTo = await nodeServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    got.push({ url: incoming.url, type: incoming.headers['content-type'], body: Buffer.concat(chunks) })
    outgoing.end()
  })
})

const json = { 'content-type': 'application/json' }
const post = async (url: string, body: string | Buffer, headers: Record<string, string> = json) => {
  const response = await fetch(url, { method: 'POST', body: body as string, headers })
  return `${response.status} ${await response.text()}`
}

/** No parser would write them like this again. */
const foreign = [
  '{ "EventType" : "Oth\\u0065r",\n\t"Size": 1.0, "Size": 2e3 }\n',
  '{"EventType":"文件","Note":"\\ud83d\\ude00 😀","Big":12345678901234567890}',
  ' {"EventType":"Other","toString":{"a":1},"0":-0}',
]

const remedy = /^500 .*mount the push handler before any body parser/

describe('the handler takes events', () => {
  it.each<[string, Mounted]>([
    ['in Express', withExpress()],
    ['in Fastify', withFastify(mountFastify)],
    ['in Koa', withKoa()],
    ['in Hono', withHono()],
    ['in Express, after a parser of forms', withExpress((app) => app.use(express.urlencoded()))],
    [
      'in Express, after a parser that keeps the bytes',
      withExpress((app) => app.use(express.json({ verify: keepRaw }))),
    ],
    ['in Express, after express.raw', withExpress((app) => app.use(express.raw(any)))],
    ['in Express, after express.text', withExpress((app) => app.use(express.text(any)))],
    [
      'in Koa, after a parser whose raw text is handed on',
      withKoa((app) =>
        app.use(bodyParser()).use((context, next) => {
          Object.assign(context.req, { rawBody: context.request.rawBody })
          return next()
        }),
      ),
    ],
    [
      'in Fastify, after a parser that gives a Buffer, which is handed on',
      withFastify((app, handler) => {
        app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) =>
          done(null, body),
        )
        app.post('/vod', async (request, reply) => {
          reply.hijack()
          await toNodeListener(handler)(Object.assign(request.raw, { body: request.body }), reply.raw)
        })
      }),
    ],
    [
      'after something that has kept the bytes as a string',
      withReadBody((bytes) => ({ body: String(bytes) })),
    ],
    [
      'after something that has kept them as a Uint8Array',
      withReadBody((bytes) => ({ body: new Uint8Array(bytes) })),
    ],
  ])('%s', async (_, mounted) => {
    const given = rig({ forwardTo })
    const url = await mounted(given.handler)
    expect(await post(url, ours())).toMatch(/^200 delivered/)
    expect(given.hints).toHaveLength(1)
    for (const body of foreign)
      expect(await post(`${url}?Sign=a&T=1`, body)).toMatch(/^200 not an event of this system/)
    expect(got.map(({ body }) => body.toString())).toEqual(foreign)
    expect(got[0]).toMatchObject({ url: '/vod?Sign=a&T=1', type: 'application/json' })
  })

  it('in Express, after a parser has unpacked them', async () => {
    const given = rig({ forwardTo })
    const url = await withExpress((app) => app.use(express.raw(any)))(given.handler)
    const packed = { ...json, 'content-encoding': 'gzip' }
    expect(await post(url, gzipSync(ours()), packed)).toMatch(/^200 delivered/)
    expect(await post(url, gzipSync(foreign[0] as string), packed)).toMatch(/^200 /)
    expect(got.map(({ body }) => body.toString())).toEqual([foreign[0]])
  })
})

describe('over HTTP/2', () => {
  async function asked(headers: OutgoingHttpHeaders, body: string, before = (_: Http2ServerRequest) => {}) {
    const given = rig({ forwardTo })
    const listener = toNodeListener(given.handler)
    const server = createHttp2Server((incoming, outgoing) => {
      before(incoming)
      void listener(incoming, outgoing)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    closers.push(
      () => session.close(),
      () => server.close(),
    )
    const stream = session.request({ ':path': '/vod?Sign=a&T=1', ...json, ...headers })
    stream.setEncoding('utf8')
    // A GET has ended by itself.
    if (body !== '') stream.end(body)
    let text = ''
    stream.on('data', (chunk: string) => {
      text += chunk
    })
    const [head] = (await once(stream, 'response')) as [{ ':status': number }]
    if (!stream.closed) await once(stream, 'close')
    expect(session.closed).toBe(false)
    return { answer: `${head[':status']} ${text}`, ...given }
  }

  it('the handler takes events, and passes on what is not ours', async () => {
    const { answer, hints } = await asked({ ':method': 'POST' }, ours())
    expect(answer).toMatch(/^200 delivered/)
    expect(hints).toHaveLength(1)
    expect((await asked({ ':method': 'POST' }, foreign[0] as string)).answer).toMatch(/^200 not an event/)
    expect(got.map(({ url, body }) => [url, body.toString()])).toEqual([['/vod?Sign=a&T=1', foreign[0]]])
  })

  it('it refuses what it cannot take, and the connection goes on', async () => {
    expect((await asked({ ':method': 'GET' }, '')).answer).toMatch(/^405 /)
    expect((await asked({ ':method': 'TRACE' }, 'x')).answer).toMatch(/^400 /)
    expect((await asked({ ':method': 'POST' }, ours(), (it) => it.setEncoding('utf8'))).answer).toMatch(
      remedy,
    )
    expect((await asked({ ':method': 'POST' }, 'x'.repeat(300_000))).answer).toMatch(/^413 /)
  })
})

describe('the handler names the remedy where no bytes are left', () => {
  it.each<[string, Mounted]>([
    ['Express, after express.json', withExpress((app) => app.use(express.json()))],
    ['Express, after express.json of any type', withExpress((app) => app.use(express.json(any)))],
    ['Koa, after its body parser', withKoa((app) => app.use(bodyParser()))],
    [
      'Fastify, with its own parser',
      withFastify((app, handler) =>
        app.post('/vod', async (request, reply) => {
          reply.hijack()
          await toNodeListener(handler)(request.raw, reply.raw)
        }),
      ),
    ],
    ['something that has kept empty bytes', withReadBody(() => ({ rawBody: Buffer.alloc(0) }))],
    ['something that has kept an empty Uint8Array', withReadBody(() => ({ body: new Uint8Array() }))],
    ['something that has kept an empty text', withReadBody(() => ({ rawBody: '' }))],
    ['Hono, after json()', withHono((app) => app.use((context, next) => context.req.json().then(next)))],
    ['Hono, after text()', withHono((app) => app.use((context, next) => context.req.text().then(next)))],
    [
      'Hono, after arrayBuffer()',
      withHono((app) => app.use((context, next) => context.req.arrayBuffer().then(next))),
    ],
    ['a route of Next.js pages', withReadBody((bytes) => ({ body: JSON.parse(String(bytes)) }))],
    ['a middleware that keeps nothing', withReadBody(() => ({}))],
    ['one that reads another charset', withReadBody((bytes) => ({ body: `${bytes.toString('latin1')}é` }))],
    [
      'one that counts the bytes, and goes on at once',
      withExpress((app) =>
        app.use((request, _, next) => {
          request.on('data', () => {})
          next()
        }),
      ),
    ],
    [
      'one that has the bytes decoded, and goes on at once',
      withExpress((app) =>
        app.use((request, _, next) => {
          request.setEncoding('utf8')
          next()
        }),
      ),
    ],
    [
      'one that makes a Request of what was parsed',
      (handler) => {
        const app = express().use(express.json())
        app.post('/vod', async (request, response) => {
          const answer = await handler(new Request('http://vod/', { method: 'POST', body: request.body }))
          response.status(answer.status).send(await answer.text())
        })
        return nodeServer(app)
      },
    ],
    [
      'one that reads it at the same time',
      (handler) =>
        nodeServer(
          toNodeListener((request) => {
            request.body?.getReader()
            return handler(request)
          }),
        ),
    ],
  ])('%s', async (_, mounted) => {
    const given = rig({ forwardTo })
    const url = await mounted(given.handler)
    for (const body of [ours(), foreign[1] as string]) expect(await post(url, body)).toMatch(remedy)
    expect(given.handler.counts()).toMatchObject({ alreadyRead: 2, delivered: 0, unparsable: 0 })
    expect(given.lines.map(({ level, message }) => [level, message])).toEqual(
      Array(2).fill(['warn', expect.stringMatching(/mount the push handler before any body parser/)]),
    )
    expect(got).toEqual([])
  })

  it('a sender is told when something else takes a part of the body', async () => {
    const given = rig({ forwardTo })
    const url = await withExpress((app) =>
      app.use((request, _, next) => {
        request.on('readable', () => request.read())
        next()
      }),
    )(given.handler)
    expect(await post(url, ours())).toMatch(/^400 the body broke off/)
    expect(given.handler.counts()).toMatchObject({ brokenOff: 1, foreign: 0 })
  })

  it('on standard error where there is no logger, once', async () => {
    const warnings: string[] = []
    const note = ({ message }: Error) => void warnings.push(message)
    process.on('warning', note)
    const { handler } = silent()
    const url = await withExpress((app) => app.use(express.json()))(handler)
    for (let n = 0; n < 3; n++) expect(await post(url, ours())).toMatch(remedy)
    await expect.poll(() => warnings).toEqual([expect.stringMatching(/before any body parser/)])
    process.off('warning', note)
  })
})

describe('a request without a connection, as in a test of your application', () => {
  it('in Fastify, by inject', async () => {
    const given = rig({ forwardTo })
    const app = fastify()
    const errors: unknown[] = []
    app.addHook('onError', async (_request, _reply, error) => void errors.push(error))
    mountFastify(app, given.handler)
    const answer = await app.inject({ method: 'POST', url: '/vod', headers: json, payload: ours() })
    await app.close()
    expect(`${answer.statusCode} ${answer.payload}`).toMatch(/^200 delivered/)
    expect({ hints: given.hints.length, errors }).toEqual({ hints: 1, errors: [] })
  })

  it.each([
    ['that is an empty object', {}],
    ['that is a stream of another transport', new PassThrough()],
    ['that is absent', undefined],
  ])('with a socket %s', async (_, socket) => {
    const incoming = Object.assign(new PassThrough(), { method: 'POST', url: '/vod', headers: json, socket })
    const outgoing = new PassThrough()
    const heads: unknown[] = []
    Object.assign(outgoing, { writeHead: (status: number) => heads.push(status) })
    const given = rig({ forwardTo })
    incoming.end(ours())
    await toNodeListener(given.handler)(
      incoming as unknown as IncomingMessage,
      outgoing as unknown as ServerResponse,
    )
    outgoing.resume()
    await once(outgoing, 'end')
    expect({ heads, hints: given.hints.length }).toEqual({ heads: [200], hints: 1 })
    if (socket instanceof PassThrough) expect(socket.writableEnded).toBe(true)
  })
})

describe('something else answers before the handler', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['whole', (response) => void response.writeHead(503).end('late')],
    ['in part', (response) => void response.writeHead(503, { 'content-length': 4 })],
    ['without a header', (response) => void response.end()],
    ['by ending the connection', (response) => void response.destroy()],
  ])('%s: the listener ends without an error', async (_, answer) => {
    const slow = gate<Response>()
    const answered = gate<readonly [Promise<void>]>()
    const server = createServer((incoming, outgoing) => {
      const listened = toNodeListener(() => slow.promise)(incoming, outgoing)
      answer(outgoing)
      answered.open([listened])
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const asked = fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: ours() }).catch(() => undefined)
    const [listened] = await answered.promise
    slow.open(new Response('ok'))
    await expect(listened).resolves.toBeUndefined()
    server.closeAllConnections()
    server.close()
    await asked
  })
})

function silent(): Rig {
  return rig({ logger: undefined as never })
}

describe('a handler that answers nothing which can be sent', () => {
  const used = async () => {
    const response = new Response('x')
    await response.text()
    return response
  }
  const broken = () =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.error(new Error('the body broke off')),
      }),
    )
  const answers: [name: string, answer: () => unknown, problem: string][] = [
    ['nothing', async () => {}, 'returned undefined, not a Response'],
    ['text', async () => 'ok', 'returned a string, not a Response'],
    ['an object', async () => ({ status: 200 }), 'returned an object, not a Response'],
    ['an error', async () => Response.error(), 'returned a Response with the status 0'],
    ['a used response', used, 'returned a Response whose body has been read already'],
    ['a broken body', async () => broken(), 'the body broke off'],
    ['nothing, synchronously', () => undefined, 'returned undefined, not a Response'],
    [
      'an exception',
      () => {
        throw new Error('no database')
      },
      'no database',
    ],
    ['a rejection', () => Promise.reject(new Error('no database')), 'no database'],
    ['a rejection without an Error', () => Promise.reject(undefined), 'not an Error'],
  ]
  const unhandled: unknown[] = []
  const warnings: string[] = []
  const keep = (reason: unknown) => void unhandled.push(reason)
  const note = ({ message }: Error) => void warnings.push(message)
  beforeEach(() => {
    process.on('unhandledRejection', keep).on('warning', note)
    closers.push(() => {
      process.off('unhandledRejection', keep).off('warning', note)
      unhandled.length = 0
      warnings.length = 0
    })
  })

  it.each(answers)('%s: the listener answers 500, and Node warns', async (_, answer, problem) => {
    const url = await nodeServer(toNodeListener(answer as never))
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(500)
    await expect.poll(() => warnings).toEqual([expect.stringContaining(problem)])
    expect(unhandled).toEqual([])
  })

  it.each(answers)('%s: the callback server answers 500, and logs it', async (_, answer, problem) => {
    const problems: unknown[] = []
    const logger = { info: () => {}, warn: (fields: object) => void problems.push(fields) }
    const server = await startCallbackServer({ handler: answer as never, port: 0, logger })
    closers.push(() => server.close())
    expect((await fetch(server.url, { method: 'POST', body: '{}' })).status).toBe(500)
    expect(problems).toEqual([{ url: server.url, problem: expect.stringContaining(problem) }])
    expect(unhandled).toEqual([])
  })
})
