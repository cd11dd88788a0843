import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { pulledEvent } from '../../src/callbacks/foreignEvent.js'
import {
  createForward,
  createPushHandler,
  type ForeignEvent,
  NotForwardedError,
  openEvent,
  parseMacKeys,
} from '../../src/callbacks/index.js'
import { someTask } from '../../src/contract/hint.js'
import { doctorEvent } from '../../src/vod/eventTypes.js'
import { address, foreign, forged, keys, ours, rig, secret, TaskId } from './rig.js'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A real receiver, which notes what it got. */
async function receiver(status = 200) {
  const got: { url: string | undefined; headers: IncomingHttpHeaders; body: string; bytes: Buffer }[] = []
  const server = createServer(async (request, response) => {
    const bytes = Buffer.concat(await request.toArray())
    got.push({ url: request.url, headers: request.headers, body: bytes.toString(), bytes })
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/vod?app=1` }
}

describe('an event of others', () => {
  it('goes to onOther, and is answered 200', async () => {
    const others: ForeignEvent[] = []
    const { post, hints, handler } = rig({ onOther: (event) => void others.push(event) })
    expect(await post(foreign)).toBe(200)
    expect(others.map(({ json }) => json)).toEqual([JSON.parse(foreign)])
    expect(others).toMatchObject([{ EventType: 'NewFileUpload', contentType: 'text/plain;charset=UTF-8' }])
    expect(Buffer.from(others[0]?.body ?? []).toString()).toBe(foreign)
    expect(hints).toEqual([])
    expect(handler.counts()).toMatchObject({ foreign: 1, notPassedOn: 0 })
  })

  it('is also a task event that carries no token of ours', async () => {
    const others: ForeignEvent[] = []
    const { post } = rig({ onOther: (event) => void others.push(event) })
    const body = { EventType: 'ProcedureStateChanged', ProcedureStateChangeEvent: { TaskId } }
    expect(await post(JSON.stringify(body))).toBe(200)
    expect(others.map(({ json }) => json)).toEqual([body])
  })

  it('is one with a MAC key that is not configured here, which is said once a minute with the remedy', async () => {
    const others: ForeignEvent[] = []
    const { post, lines, handler } = rig({ onOther: (event) => void others.push(event) })
    const rotated = ours({ keys: parseMacKeys(`k2:${secret}`) })
    for (let time = 0; time < 3; time++) expect(await post(rotated)).toBe(200)
    expect(await openEvent(rotated, keys)).toMatchObject({ kind: 'foreign', unknownKey: 'k2' })
    expect(others).toHaveLength(3)
    expect(handler.counts()).toMatchObject({ foreign: 3, forged: 0 })
    const remedy = expect.stringContaining('VODFLOW_MAC_KEYS')
    expect(lines.filter(({ level }) => level === 'warn')).toMatchObject([{ fields: { key: 'k2', remedy } }])
  })

  it('is forwarded with its body as it came, and with the Sign from query and header', async () => {
    const { got, url } = await receiver()
    const { post } = rig({ forwardTo: url })
    const spaced = foreign.replaceAll(':', ' :  ')
    const headers = { Sign: 'in-header', 'content-type': 'text/json' }
    expect(await post(spaced, { url: 'http://callbacks.local/?Sign=in-query&T=7', headers })).toBe(200)
    expect(got).toHaveLength(1)
    expect(got[0]).toMatchObject({ url: '/vod?app=1&Sign=in-query&T=7', body: spaced })
    expect(got[0]?.headers).toMatchObject({ sign: 'in-header', 'content-type': 'text/json' })
  })

  it('is not the test event of vodflow doctor, which reaches no system of the user', async () => {
    const others: ForeignEvent[] = []
    const { got, url } = await receiver()
    const { post, handler } = rig({ onOther: (event) => void others.push(event), forwardTo: url })
    expect(await post(JSON.stringify({ EventType: doctorEvent }))).toBe(200)
    expect({ others, got }).toEqual({ others: [], got: [] })
    expect(handler.counts()).toMatchObject({ foreign: 1, notPassedOn: 0 })
  })

  it.each([foreign, ''])('is forwarded once to a receiver that answers 421: %j', async (body) => {
    const { got, url } = await receiver(421)
    const { post, handler } = rig({ forwardTo: url })
    expect(await post(body)).toBe(200)
    expect(got).toMatchObject([{ body, headers: { 'content-length': String(Buffer.byteLength(body)) } }])
    expect(handler.counts()).toMatchObject({ notPassedOn: 1 })
  })

  it('is forwarded although onOther fails, and both failures are counted and logged', async () => {
    const { got, url } = await receiver(500)
    const onOther = () => {
      throw new Error('queue is full')
    }
    const { post, handler, lines } = rig({ onOther, forwardTo: url })
    expect(await post(foreign)).toBe(200)
    expect(got).toHaveLength(1)
    expect(handler.counts()).toMatchObject({ foreign: 1, notPassedOn: 2 })
    const problems = lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields.problem)
    expect(problems.sort()).toEqual([
      expect.stringContaining('not forwarded: HTTP status 500. Check the receiver'),
      'queue is full',
    ])
  })

  it('is logged with the code of a receiver that is down, and without the secret in its URL', async () => {
    const { url } = await receiver()
    for (const close of closers.splice(0)) close()
    const secretUrl = `${url}&key=planted-secret`
    const { post, lines } = rig({ forwardTo: secretUrl })
    expect(await post(foreign)).toBe(200)
    expect(lines.find(({ level }) => level === 'warn')?.fields.problem).toContain(
      'cannot be reached (ECONNREFUSED). ',
    )
    const pulled = createForward(secretUrl)(pulledEvent(JSON.parse(foreign)))
    await expect(pulled).rejects.toThrow(NotForwardedError)
    const error = await pulled.catch((error) => error)
    expect(inspect(error)).toContain('cannot be reached (ECONNREFUSED)')
    expect(inspect(error)).not.toContain('planted-secret')
    expect(JSON.stringify(lines)).not.toContain('planted-secret')
  })

  it('is answered before VOD loses patience when the receiver says nothing, and is counted after a minute', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const { post, handler } = rig({ onOther: () => new Promise(() => {}) })
      const answer = post(foreign)
      await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0))
      await vi.advanceTimersByTimeAsync(4_000)
      expect(await answer).toBe(200)
      expect(handler.counts()).toMatchObject({ notPassedOn: 0 })
      await vi.advanceTimersByTimeAsync(60_000)
      expect(handler.counts()).toMatchObject({ notPassedOn: 1 })
    } finally {
      vi.useRealTimers()
    }
  })

  it.each([
    ['is not counted if it is taken after all', undefined, 0],
    ['is counted if it fails after all', new Error('queue is full'), 1],
  ])('that onOther takes slowly %s', async (_, failure, notPassedOn) => {
    let end = () => {}
    const onOther = () =>
      new Promise<void>((resolve, reject) => {
        end = () => (failure ? reject(failure) : resolve())
      })
    const { post, handler } = rig({ onOther })
    expect(await post(foreign)).toBe(200)
    expect(handler.counts()).toMatchObject({ notPassedOn: 0 })
    end()
    await expect.poll(() => handler.counts()).toMatchObject({ notPassedOn })
  })

  it('does not go round forever between two that forward to each other', async () => {
    const sent: string[] = []
    const server = createServer(async (request, response) => {
      sent.push(String(request.headers['vodflow-hops']))
      const looping = rig({ forwardTo: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` })
      const headers = { 'vodflow-hops': String(request.headers['vodflow-hops']) }
      response.writeHead(await looping.post(foreign, { headers })).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => server.close())
    const first = rig({ forwardTo: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` })
    expect(await first.post(foreign)).toBe(200)
    expect(sent).toEqual(['1', '2', '3', '4', '5'])
  })
})

it.each(['app.example.com/vod', 'ftp://app.example.com', 'https://me:hidden-word@app.example.com'])(
  'an address that cannot be posted to is refused at the start, and not shown: %s',
  (forwardTo) => {
    expect(() => rig({ forwardTo })).toThrow(/^forwardTo: .*; pass a URL like https:/)
    expect(() => rig({ forwardTo })).not.toThrow(/hidden-word/)
  },
)

describe('a forged event', () => {
  it('is refused with 403, wakes nobody, goes to nobody and is logged', async () => {
    const { got, url } = await receiver()
    const others: ForeignEvent[] = []
    const { post, hints, handler, lines } = rig({
      forwardTo: url,
      onOther: (event) => void others.push(event),
    })
    expect(await post(forged())).toBe(403)
    expect({ hints, got, others }).toEqual({ hints: [], got: [], others: [] })
    expect(handler.counts()).toMatchObject({ forged: 1 })
    expect(lines).toMatchObject([{ level: 'warn', fields: { verdict: 'forged' } }])
  })
})

const SessionContext = JSON.parse(ours()).ProcedureStateChangeEvent.SessionContext as string
const json = JSON.stringify
const procedure = (task: unknown) =>
  json({ EventType: 'ProcedureStateChanged', ProcedureStateChangeEvent: task })

describe('whatever is not ours is passed on byte for byte', () => {
  it.each([
    ['format 2.0', '{"version":"4.0","eventType":"NewFileUpload","data":{"fileId":"528589"}}'],
    ['format 2.0 of a task', json({ eventType: 'ProcedureStateChanged', data: { vodTaskId: TaskId } })],
    ['format 2.0 without data', '{"version":"4.0","eventType":"TranscodeComplete"}'],
    ['a known type with null', '{"EventType":"EditMediaComplete","EditMediaCompleteEvent":null}'],
    ['a known type with a list', '{"EventType":"PullComplete","PullCompleteEvent":[{"TaskId":"x"}]}'],
    ['a known type without its member', '{"EventType":"ComposeMediaComplete"}'],
    ['a task that is a text', procedure('task')],
    ['a task without TaskId', procedure({ Status: 'FINISH', SessionContext: 'order 1' })],
    ['a TaskId that is a number', procedure({ TaskId: 7, SessionContext: '' })],
    ['a very long TaskId', procedure({ TaskId: 'x'.repeat(201) })],
    ['a context that is an object', procedure({ TaskId, SessionContext: { a: SessionContext.slice(1) } })],
    ['a context that is a list', procedure({ TaskId, SessionContext: [1, 2] })],
    ['live streaming', '{"event_type":100,"stream_id":"s","sign":"x","t":1}'],
    ['TRTC', '{"EventGroupId":1,"EventType":103,"CallbackTs":1687770730166,"EventInfo":{"RoomId":12345}}'],
    ['IM', '{"CallbackCommand":"State.StateChange","Info":{"Action":"Login"}}'],
    ['MPS', '{"EventType":"WorkflowTask","WorkflowTaskEvent":{"TaskId":"245-WorkflowTask-x"}}'],
    ['integers that no double can hold', '{"EventType":"x","id":9007199254740993,"n":1e400}'],
    ['members that are there twice', '{"EventType":"a","EventType":"b","z":1,"a":2}'],
    ['an object without type', '{}'],
    ['null', 'null'],
    ['a text', '"ProcedureStateChanged"'],
    ['a list', '[1,{"a":[]}]'],
    ['no JSON', '{"EventType":'],
    ['a form', 'event=1&EventType=x'],
    ['XML', '<xml><a>1</a></xml>'],
    ['no UTF-8', Buffer.from('fffe7b007d00c328', 'hex')],
    ['a BOM', `\ufeff${foreign}`],
    ['nothing', ''],
  ])('%s', async (_, body) => {
    const { got, url } = await receiver()
    const others: ForeignEvent[] = []
    const { post, hints, handler } = rig({ forwardTo: url, onOther: (event) => void others.push(event) })
    const headers = { 'content-type': 'application/x-of-theirs; charset=gbk' }
    expect(await post(body, { headers })).toBe(200)
    expect(got[0]?.bytes.equals(Buffer.from(body))).toBe(true)
    expect(got[0]?.headers['content-type']).toBe(headers['content-type'])
    expect(others[0]).toMatchObject({ contentType: headers['content-type'] })
    expect(Buffer.from(others[0]?.body ?? []).equals(Buffer.from(body))).toBe(true)
    expect(hints).toEqual([])
    expect(handler.counts()).toMatchObject({ foreign: 1, notPassedOn: 0, unparsable: 0 })
  })

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('compressed: %s', async (encoding, compress) => {
    const { got, url } = await receiver()
    const others: ForeignEvent[] = []
    const { post } = rig({ forwardTo: url, onOther: (event) => void others.push(event) })
    const body = compress(`\ufeff${foreign}`)
    expect(await post(body, { headers: { 'content-encoding': encoding } })).toBe(200)
    expect(got[0]?.bytes.equals(body)).toBe(true)
    expect(got[0]?.headers['content-encoding']).toBe(encoding)
    expect(others).toMatchObject([
      { EventType: 'NewFileUpload', json: JSON.parse(foreign), contentEncoding: encoding },
    ])
  })

  const packed = gzipSync(foreign)
  it.each([
    ['of an encoding that is not unpacked here', 'zstd', Buffer.from('28b52ffd0400', 'hex'), 'zstd'],
    ['packed twice', 'gzip, br', brotliCompressSync(packed), 'gzip, br'],
    ['packed twice, gzip last', 'br, gzip', gzipSync(brotliCompressSync(foreign)), 'br, gzip'],
    ['that is cut off', 'gzip', packed.subarray(0, -9), 'gzip'],
    ['that is broken', 'br', Buffer.from('fffefd', 'hex'), 'br'],
    ['by a name in capitals', 'X-Custom', Buffer.from('fffefd', 'hex'), 'X-Custom'],
    ['unpacked by a proxy that left the header', 'zstd', Buffer.from(foreign), undefined],
    ['unpacked by a proxy, and no JSON', 'gzip', Buffer.from('<xml/>'), undefined],
    ['never packed', 'identity', Buffer.from('<xml/>'), undefined],
    ['that only begins as gzip does', '', Buffer.from('1f8bff', 'hex'), undefined],
    ['of an empty header', '', Buffer.from('<xml/>'), undefined],
  ])('with the Content-Encoding of a body %s: %s', async (_, encoding, body, named) => {
    const { got, url } = await receiver()
    const others: ForeignEvent[] = []
    const { post } = rig({ forwardTo: url, onOther: (event) => void others.push(event) })
    expect(await post(body, { headers: { 'content-encoding': encoding } })).toBe(200)
    expect(got[0]?.bytes.equals(body)).toBe(true)
    expect([got[0]?.headers['content-encoding'], others[0]?.contentEncoding]).toEqual([named, named])
  })

  it('but what is no JSON, where nobody asked for the events of others, is answered 400', async () => {
    const { post, handler } = rig()
    const bodies = ['', '{"EventType":', 'event=1', gzipSync('no JSON'), `\ufeff\ufeff${foreign}`]
    for (const body of bodies) expect(await post(body)).toBe(400)
    expect(handler.counts()).toMatchObject({ unparsable: bodies.length, foreign: 0 })
    for (const body of ['null', '{}', '7', '[]', '{"EventType":7}']) expect(await post(body)).toBe(200)
  })
})

describe('an event with a valid token is ours in whatever shape', () => {
  const hint = { v: 1, SessionId: address.SessionId, terminal: true, via: 'push', at: expect.any(Number) }
  const data = { vodTaskId: TaskId, status: 'FINISH', sessionContext: SessionContext }

  it.each([
    ['format 2.0', json({ version: '4.0', eventType: 'ProcedureStateChanged', data }), TaskId],
    ['format 2.0 of another type', json({ eventType: 'TranscodeComplete', data }), TaskId],
    ['a type that is new', json({ EventType: 'NewComplete', NewEvent: { TaskId, SessionContext } }), TaskId],
    ['no type', json({ Event: { TaskId, SessionContext } }), TaskId],
    ['a list', json({ EventType: 'PullComplete', PullCompleteEvent: [{ TaskId, SessionContext }] }), TaskId],
    ['the task itself', json({ TaskId, SessionContext, Status: 'FINISH' }), TaskId],
    ['a BOM', `\ufeff${ours()}`, TaskId],
    ['a TaskId that is a number', procedure({ TaskId: 528, SessionContext, Status: 'FINISH' }), '528'],
    ['no TaskId', procedure({ SessionContext }), someTask],
    ['a TaskId that is an object', procedure({ TaskId: {}, SessionContext }), someTask],
    ['a TaskId that is empty', procedure({ TaskId: '', SessionContext }), someTask],
    ['a TaskId with a surrogate', procedure({ TaskId: 'a\ud83c', SessionContext }), someTask],
    ['a TaskId that would fill a history', procedure({ TaskId: 'x'.repeat(201), SessionContext }), someTask],
    ['a Status that is no text', procedure({ TaskId, SessionContext, Status: 7 }), TaskId],
  ])('%s', async (_, body, named) => {
    const { post, hints, handler } = rig({ onOther: () => expect.fail('it is ours') })
    expect(await post(body)).toBe(200)
    expect(hints).toEqual([{ ...hint, TaskId: named }])
    expect(handler.counts()).toMatchObject({ delivered: 1 })
  })

  it.each([
    ['gzip', 'gzip', gzipSync(ours())],
    ['gzip by its old name', 'x-gzip', gzipSync(ours())],
    ['gzip that no header tells of', '', gzipSync(ours())],
    ['what a proxy has decompressed, and left the header', 'gzip', Buffer.from(ours())],
    ['the same of another encoding', 'br', Buffer.from(`\ufeff${ours()}`)],
    ['deflate', 'deflate', deflateSync(ours())],
    ['deflate without its header', 'deflate', deflateRawSync(ours())],
    ['br, in capitals', 'BR', brotliCompressSync(ours())],
    ['identity', 'identity', Buffer.from(ours())],
  ])('compressed: %s', async (_, encoding, body) => {
    const { post, hints } = rig()
    const headers: Record<string, string> = encoding === '' ? {} : { 'content-encoding': encoding }
    expect(await post(body, { headers })).toBe(200)
    expect(hints).toEqual([{ ...hint, TaskId }])
  })

  it('and a token that is deep in it, or among thousands of objects, costs little and is no token', async () => {
    const { post, hints } = rig()
    const deep = (levels: number) =>
      `${'{"a":'.repeat(levels)}${json({ SessionContext })}${'}'.repeat(levels)}`
    for (const body of [deep(3), deep(100), `[${'{},'.repeat(50_000)}${json({ SessionContext })}]`])
      expect(await post(body)).toBe(200)
    expect(hints).toEqual([])
  })
})

it.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const)('what decompresses to more than a body may have is cut off: %s', async (encoding, compress) => {
  const { got, url } = await receiver()
  const { post, handler } = rig({ forwardTo: url })
  const bomb = compress(Buffer.alloc(100 * 1024 * 1024, ' '))
  const before = process.memoryUsage().arrayBuffers
  expect(await post(bomb, { headers: { 'content-encoding': encoding } })).toBe(413)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * 1024 * 1024)
  expect(handler.counts()).toMatchObject({ tooLarge: 1 })
  expect(got).toEqual([])
})

describe('what is no callback', () => {
  it('is answered 405 when it is no POST, with the method that is', async () => {
    const { handler } = rig()
    const response = await handler(new Request('http://callbacks.local/'))
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

describe('where a SignKey is set', () => {
  const signKey = 'mysignkey'

  it('a good Sign is no reason to count', async () => {
    const { post, handler } = rig({ signKey })
    expect(await post(ours({ signKey }))).toBe(200)
    expect(handler.counts()).toMatchObject({ delivered: 1, badSign: 0 })
  })

  it.each([
    ['absent', {}],
    ['bad', { signKey: 'other' }],
    ['expired', { signKey, T: 1_767_226_200 }],
  ])('an event with a valid token is delivered and its Sign counted: %s', async (signIs, given) => {
    const { post, hints, handler, lines } = rig({ signKey })
    expect(await post(ours(given))).toBe(200)
    expect(hints).toHaveLength(1)
    expect(handler.counts()).toMatchObject({ delivered: 1, badSign: 1 })
    expect(lines[0]).toMatchObject({ level: 'warn', fields: { signIs } })
  })

  it('a good Sign does not make a forged token good', async () => {
    const { post, hints } = rig({ signKey })
    const imposter = { id: 'k1', secret: 'b'.repeat(32) }
    expect(await post(ours({ signKey, keys: { sign: imposter, verify: [imposter] } }))).toBe(403)
    expect(hints).toEqual([])
  })

  it.each([
    ['format 3.0', foreign],
    ['an odd shape', '{"EventType":"EditMediaComplete","EditMediaCompleteEvent":null}'],
    ['format 2.0', '{"eventType":"NewFileUpload","data":{"fileId":"528"}}'],
    ['a Sign of another product', '{"EventType":"FileDeleted","sign":"x","t":1,"Sign":"x","T":1}'],
    [
      'a type of its own beside one of format 2.0',
      '{"EventType":"x","eventType":"NewFileUpload","data":{"fileId":"5"}}',
    ],
    ['a type that is none beside one of VOD', '{"eventType":"FileDeleted","EventType":5}'],
  ])("an event of VOD's without a good Sign is refused and not passed on: %s", async (_, body) => {
    const others: ForeignEvent[] = []
    const { post, handler } = rig({ signKey, onOther: (event) => void others.push(event) })
    expect(await post(body)).toBe(403)
    expect(others).toEqual([])
    expect(handler.counts()).toMatchObject({ badSign: 1, foreign: 0 })
  })

  it.each([
    ['live streaming', '{"event_type":100,"stream_id":"s","sign":"x","t":1}'],
    ['TRTC', '{"EventGroupId":1,"EventType":103}'],
    ['MPS', '{"EventType":"WorkflowTask","WorkflowTaskEvent":{}}'],
    ['no JSON', 'a=1'],
  ])('an event of another product has no Sign of VOD, and is passed on: %s', async (_, body) => {
    const others: ForeignEvent[] = []
    const { post, handler } = rig({ signKey, onOther: (event) => void others.push(event) })
    expect(await post(body)).toBe(200)
    expect(others).toHaveLength(1)
    expect(handler.counts()).toMatchObject({ badSign: 0, foreign: 1 })
  })
})

it('a logger that throws decides about no event', async () => {
  const fail = () => {
    throw new Error('the disk is full')
  }
  const others: ForeignEvent[] = []
  const push = createPushHandler({
    keys,
    deliver: async () => 'delivered',
    logger: { info: fail, warn: fail },
    onOther: (event) => {
      others.push(event)
      if (others.length <= 200) fail()
    },
  })
  const post = async (body: string) =>
    (await push(new Request('http://callbacks.local/', { method: 'POST', body }))).status
  for (let n = 0; n < 200; n++) expect(await post(foreign)).toBe(200)
  expect(await post(foreign)).toBe(200)
  expect(others).toHaveLength(201)
  expect(push.counts()).toMatchObject({ foreign: 201, notPassedOn: 200, overloaded: 0 })
  expect(await post(ours())).toBe(200)
})

it('no log line has a secret, a token or a body in it', async () => {
  const signKey = 'mysignkey'
  const { post, lines } = rig({
    signKey,
    deliver: async () => {
      throw new Error('14 UNAVAILABLE')
    },
    limits: { holdTimeout: 1 },
  })
  const bodies = [
    ours({ callerContext: 'card-4111' }),
    forged(),
    foreign,
    '{',
    `{"EventType":"${'x'.repeat(999)}"}`,
  ]
  for (const body of bodies) await post(body)
  expect(lines.length).toBeGreaterThanOrEqual(bodies.length)
  const text = JSON.stringify(lines)
  for (const word of [secret, signKey, keys.sign.secret, 'vf1.', 'card-4111', '图片', 'x'.repeat(65)])
    expect(text).not.toContain(word)
  expect(text).toContain(address.workflowId)
})
