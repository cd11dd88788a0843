import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { PushEvent } from '../../src/callbacks/index.js'
import { maxTaskIdLength } from '../../src/vod/hint.js'
import { address, foreign, forged, keys, ours, rig, secret, TaskId } from './rig.js'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A real receiver, which notes what it got. */
async function receiver(status = 200) {
  const got: { url: string | undefined; headers: IncomingHttpHeaders; body: string }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    got.push({ url: request.url, headers: request.headers, body })
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/vod?app=1` }
}

describe('an event of others', () => {
  it('goes to onOther, and is answered 200', async () => {
    const others: PushEvent[] = []
    const { post, hints, handler } = rig({ onOther: (event) => void others.push(event) })
    expect(await post(foreign)).toBe(200)
    expect(others).toEqual([JSON.parse(foreign)])
    expect(hints).toEqual([])
    expect(handler.counts()).toMatchObject({ foreign: 1, notPassedOn: 0 })
  })

  it('is also a task event that carries no token of ours', async () => {
    const others: PushEvent[] = []
    const { post } = rig({ onOther: (event) => void others.push(event) })
    const body = { EventType: 'ProcedureStateChanged', ProcedureStateChangeEvent: { TaskId } }
    expect(await post(JSON.stringify(body))).toBe(200)
    expect(others).toEqual([body])
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
    expect(problems.sort()).toEqual(['HTTP status 500', 'queue is full'])
  })

  it('is answered before VOD loses patience when the receiver says nothing', async () => {
    const { post, handler } = rig({ onOther: () => new Promise(() => {}) })
    const patience = AbortSignal.timeout(5_000)
    expect(await post(foreign)).toBe(200)
    expect(patience.aborted).toBe(false)
    expect(handler.counts()).toMatchObject({ notPassedOn: 1 })
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
    expect(() => rig({ forwardTo })).toThrow(/^forwardTo: .*; give e\.g\. https:/)
    expect(() => rig({ forwardTo })).not.toThrow(/hidden-word/)
  },
)

describe('a forged event', () => {
  it('is refused with 403, wakes nobody, goes to nobody and is logged', async () => {
    const { got, url } = await receiver()
    const others: PushEvent[] = []
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

describe('what is not an event', () => {
  const event = (given: unknown) =>
    JSON.stringify({ EventType: 'ProcedureStateChanged', ProcedureStateChangeEvent: given })
  const SessionContext = JSON.parse(ours()).ProcedureStateChangeEvent.SessionContext as string

  it.each([
    ['nothing', ''],
    ['no JSON', '{"EventType":'],
    ['no object', '"ProcedureStateChanged"'],
    ['null', 'null'],
    ['an event without type', '{}'],
    ['a type that is no text', '{"EventType":7}'],
    ['a task event without a task', event(null)],
    ['a task that is a text', event('task')],
    ['a TaskId that is no text', event({ TaskId: 7, SessionContext })],
    ['a context that is no text', event({ TaskId, SessionContext: { a: 1 } })],
    [
      'a TaskId that would fill a history',
      event({ TaskId: 'x'.repeat(maxTaskIdLength + 1), SessionContext }),
    ],
  ])('is answered 400: %s', async (_, body) => {
    const { post, hints, handler } = rig()
    expect(await post(body)).toBe(400)
    expect(hints).toEqual([])
    expect(handler.counts()).toMatchObject({ unparsable: 1 })
  })

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
  ])('an event with a valid token is delivered and its Sign counted: %s', async (sign, given) => {
    const { post, hints, handler, lines } = rig({ signKey })
    expect(await post(ours(given))).toBe(200)
    expect(hints).toHaveLength(1)
    expect(handler.counts()).toMatchObject({ delivered: 1, badSign: 1 })
    expect(lines[0]).toMatchObject({ level: 'warn', fields: { sign } })
  })

  it('a good Sign does not make a forged token good', async () => {
    const { post, hints } = rig({ signKey })
    const imposter = { id: 'k1', secret: 'b'.repeat(32) }
    expect(await post(ours({ signKey, keys: { sign: imposter, verify: [imposter] } }))).toBe(403)
    expect(hints).toEqual([])
  })

  it('an event of others without a good Sign is refused and not passed on', async () => {
    const others: PushEvent[] = []
    const { post, handler } = rig({ signKey, onOther: (event) => void others.push(event) })
    expect(await post(foreign)).toBe(403)
    expect(others).toEqual([])
    expect(handler.counts()).toMatchObject({ badSign: 1, foreign: 0 })
  })
})

it('no log line has a secret, a token or a body in it', async () => {
  const signKey = 'mysignkey'
  const { post, lines } = rig({
    signKey,
    deliver: async () => {
      throw new Error('14 UNAVAILABLE')
    },
    limits: { holdMs: 1 },
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
