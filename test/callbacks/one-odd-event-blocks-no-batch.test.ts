import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createForward,
  type DeliverEvent,
  type ForeignEvent,
  type PullLoop,
  type PullLoopOptions,
  startPullLoop,
} from '../../src/callbacks/index.js'
import { sealSessionContext } from '../../src/contract/seal/token.js'
import { createVodClient } from '../../src/vod/client.js'
import { address, forged, gate, keys, TaskId } from './rig.js'

/** A VOD whose queue answers what a test wants, at once. */
let server: Server
/** Calls of PullEvents, and calls of any kind that have no answer yet. */
let pulls: number
let underWay: number
let confirms: string[][]
/** An answer, or the text of one. */
let answers: () => object | string
let confirmed: (handles: string[]) => object
let loops: PullLoop[]
let lines: string[]
let hints: string[]

const noEvent = { Error: { Code: 'ResourceNotFound', Message: 'no event' } }
const soon = { timeout: 60_000, interval: 20 }

beforeEach(async () => {
  pulls = 0
  underWay = 0
  confirms = []
  loops = []
  lines = []
  hints = []
  answers = () => noEvent
  confirmed = () => ({})
  server = createServer(async (request, response) => {
    const given = JSON.parse(Buffer.concat(await request.toArray()).toString())
    const isPull = request.headers['x-tc-action'] === 'PullEvents'
    if (!isPull) confirms.push(given.EventHandles)
    const answer = isPull ? answers() : confirmed(given.EventHandles)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(
      typeof answer === 'string' ? answer : JSON.stringify({ Response: { ...answer, RequestId: 'r' } }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await Promise.all(loops.map((loop) => loop.close()))
  server.closeAllConnections()
  server.close()
})

const portOf = (of: Server) => (of.address() as AddressInfo).port

function start(given: Partial<PullLoopOptions> = {}): PullLoop {
  const log = (_: object, message: string) => void lines.push(message)
  const deliver: DeliverEvent = async (_, hint) => {
    hints.push(hint.TaskId)
    return 'delivered'
  }
  const client = createVodClient({
    endpoint: `http://127.0.0.1:${portOf(server)}`,
    credentials: { secretId: 'test', secretKey: 'test-key' },
  })
  const call = async (...args: Parameters<typeof client.call>) => {
    if (args[0] === 'PullEvents') pulls++
    underWay++
    return client.call(...args).finally(() => underWay--)
  }
  const vod = { call: call as typeof client.call }
  const loop = startPullLoop({ vod, keys, deliver, logger: { info: log, warn: log }, ...given })
  loops.push(loop)
  return loop
}

/** Once these events, then none. */
const once = (...events: unknown[]) => {
  let first = true
  answers = () => {
    const answer = first ? { EventSet: events } : noEvent
    first = false
    return answer
  }
}
const SessionContext = sealSessionContext(address, keys)
const ours = { EventType: 'ProcedureStateChanged', ProcedureStateChangeEvent: { TaskId, SessionContext } }

describe('an event of an odd shape', () => {
  it.each([
    ['a handle that is a number', { EventHandle: 7, EventType: 'FileDeleted' }],
    ['a handle that is null', { EventHandle: null, EventType: 'FileDeleted' }],
    ['no handle', { EventType: 'FileDeleted' }],
    ['a handle that is empty', { EventHandle: '', EventType: 'FileDeleted' }],
    ['a handle that is an object', { EventHandle: { a: 1 }, EventType: 'FileDeleted' }],
    ['null', null],
    ['a number', 7],
    ['a text', 'event'],
    ['a list', [[1]]],
  ])('blocks none of its batch, is not passed on, and is told of once: %s', async (_, odd) => {
    const taken: unknown[] = []
    const good = { EventHandle: 'good', EventType: 'NewFileUpload' }
    once(odd, { EventHandle: 'ours', ...ours }, odd, good)
    const loop = start({ foreign: ({ json }) => void taken.push(json) })
    await vi.waitFor(() => expect(confirms).toEqual([['ours', 'good']]), soon)
    expect(hints).toEqual([TaskId])
    expect(taken).toEqual([{ EventType: 'NewFileUpload' }])
    const counts = { delivered: 1, foreign: 3, withoutHandle: 2, confirmed: 2 }
    await vi.waitFor(() => expect(loop.counts()).toMatchObject(counts), soon)
    expect(lines).toEqual(['the EventHandle of an event is not a string'])
  })

  it.each([
    ['a numeric type', { EventType: 7 }],
    ['no type', { a: 1 }],
    ['format 2.0', { version: '4.0', eventType: 'NewFileUpload', data: { fileId: '528589' } }],
    ['a known type with null', { EventType: 'EditMediaComplete', EditMediaCompleteEvent: null }],
    ['live streaming', { event_type: 100, stream_id: 's', sign: 'x', t: 1 }],
  ])('is passed on as it is, in its order, and confirmed: %s', async (_, odd) => {
    const taken: ForeignEvent[] = []
    once({ ...odd, EventHandle: 'h', last: [{}] })
    start({ foreign: (event) => void taken.push(event) })
    await vi.waitFor(() => expect(confirms).toEqual([['h']]), soon)
    const text = JSON.stringify({ ...odd, last: [{}] })
    expect(Buffer.from(taken[0]?.body ?? []).toString()).toBe(text)
    expect(JSON.stringify(taken[0]?.json)).toBe(text)
  })

  it.each([
    [
      'format 2.0',
      { eventType: 'ProcedureStateChanged', data: { vodTaskId: TaskId, sessionContext: SessionContext } },
    ],
    ['a list', { EventType: 'PullComplete', PullCompleteEvent: [{ TaskId, SessionContext }] }],
    ['a type that is new', { EventType: 'NewComplete', NewCompleteEvent: { TaskId, SessionContext } }],
    ['a handle that is a number', { ...ours, EventHandle: 7 }],
  ])('with a valid token is a hint all the same: %s', async (_, event) => {
    once({ EventHandle: 'h', ...event })
    start()
    await vi.waitFor(() => expect(hints).toEqual([TaskId]), soon)
  })

  it('that is too deep to be written again blocks none of its batch', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`
    const events = [
      `{"EventHandle":"deep","EventType":"Odd","a":${deep}}`,
      JSON.stringify({ EventHandle: 'ours', ...ours }).replace(/}$/, `,"a":${deep}}`),
    ]
    let pulled = 0
    answers = () =>
      pulled++ === 0 ? `{"Response":{"RequestId":"r","EventSet":[${events.join()}]}}` : noEvent
    start({ foreign: () => {} })
    await vi.waitFor(() => expect(confirms).toEqual([['ours']]), soon)
    expect(hints).toEqual([TaskId])
    expect(lines).toEqual(['a foreign event was not handled'])
  })

  it('forged is counted, and left as one of others', async () => {
    once({ EventHandle: 'h', ...JSON.parse(forged()) })
    const loop = start()
    await vi.waitFor(() => expect(loop.counts()).toMatchObject({ forged: 1, foreign: 1, confirmed: 0 }), soon)
    expect(hints).toEqual([])
  })

  it('is forwarded to a URL by its bytes', async () => {
    const got: string[] = []
    const app = createServer(async (request, response) => {
      got.push(Buffer.concat(await request.toArray()).toString())
      response.end()
    })
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
    try {
      once({ z: 1, EventHandle: 'h', a: '图片', EventType: 7 })
      start({ foreign: createForward(`http://127.0.0.1:${portOf(app)}/`) })
      await vi.waitFor(() => expect(got).toEqual(['{"z":1,"a":"图片","EventType":7}']), soon)
    } finally {
      app.closeAllConnections()
      app.close()
    }
  })
})

/** Pulls of an answer that always comes at once, until the loop rests. One that does not rest makes its next call within a few turns. */
async function pullsOf(given: Partial<PullLoopOptions> = {}): Promise<number> {
  start({ limits: { idlePause: 60_000 }, ...given })
  for (let still = 0; still < 100 && pulls < 4; still = underWay === 0 && pulls > 0 ? still + 1 : 0)
    await new Promise((resolve) => setImmediate(resolve))
  return pulls
}

describe('an answer that comes at once', () => {
  const again = { EventHandle: 'h', EventType: 'FileDeleted' }

  it.each([
    ['no event, as the error', noEvent],
    ['no event, as no set', {}],
    ['no event, as null', { EventSet: null }],
    ['no event, as an empty set', { EventSet: [] }],
    ['an event that cannot be confirmed', { EventSet: [{ EventType: 'FileDeleted' }] }],
    ['an event of others that is left', { EventSet: [again] }],
  ])('again and again is not asked for again at once: %s', async (_, answer) => {
    answers = () => answer
    expect(await pullsOf()).toBe(1)
  })

  it('with an event that was confirmed is not asked for again at once', async () => {
    answers = () => ({ EventSet: [again] })
    expect(await pullsOf({ foreign: 'confirm' })).toBe(2)
    expect(confirms.length).toBeGreaterThan(0)
  })

  it.each(['InvalidParameterValue', 'InternalError'])(
    'with events that cannot be confirmed is not asked for again at once: %s',
    async (Code) => {
      answers = () => ({ EventSet: [{ EventHandle: 'o', ...ours }, again] })
      confirmed = () => ({ Error: { Code, Message: 'no' } })
      expect(await pullsOf({ foreign: 'confirm' })).toBe(1)
    },
  )

  it('with an event that is never taken on is not asked for again at once', async () => {
    answers = () => ({ EventSet: [again] })
    const foreign = () => {
      throw new Error('not now')
    }
    expect(await pullsOf({ foreign })).toBe(1)
  })

  it('with new events is asked for again at once', async () => {
    let number = 0
    answers = () =>
      number < 160
        ? { EventSet: Array.from({ length: 16 }, () => ({ ...again, EventHandle: `h${number++}` })) }
        : noEvent
    start({ foreign: 'confirm', limits: { idlePause: 60_000 } })
    await vi.waitFor(() => expect(confirms.flat()).toHaveLength(160), soon)
  })
})

it('an answer that VOD held for long is asked for again at once', async () => {
  let now = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
  const fifth = gate<void>()
  let calls = 0
  const call = async () => {
    now += 60_000
    if (++calls === 5) fifth.open()
    await new Promise((resolve) => setImmediate(resolve))
    return { EventSet: [], RequestId: '' }
  }
  try {
    // A rest would be longer than the test may take.
    start({ vod: { call: call as never }, limits: { idlePause: 60_000 } })
    await fifth.promise
  } finally {
    clock.mockRestore()
  }
})

it('more events than VOD confirms at once are confirmed in parts', async () => {
  once(...Array.from({ length: 40 }, (_, index) => ({ EventHandle: `h${index}`, EventType: 'FileDeleted' })))
  start({ foreign: 'confirm' })
  await vi.waitFor(() => expect(confirms.map((handles) => handles.length)).toEqual([16, 16, 8]), soon)
})
