import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type ForeignEvent,
  type PullLoop,
  type PullLoopOptions,
  startPullLoop,
} from '../../src/callbacks/index.js'
import type { TaskHint } from '../../src/contract/hint.js'
import { sealSessionContext } from '../../src/contract/seal/token.js'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { createVodClient, type VodClient } from '../../src/vod/client.js'
import { address, gate, imposter, keys } from './rig.js'

const credentials = { secretId: 'test', secretKey: 'test-key' }
const half = 31_000
const soon = { timeout: 60_000, interval: 50 }

let vod: Emulator
let client: VodClient
let loops: PullLoop[]
let hints: TaskHint[]
let lines: { fields: object; message: string }[]
let answer: () => Promise<'delivered' | 'no-run' | 'other-namespace'>

/** An empty queue is held for less than the real one's 5 s, except where a test says so. */
async function open(pullHold: number): Promise<void> {
  vod = await startEmulator({ ...credentials, media: 'instant', taskTime: 1, pullHold })
  client = createVodClient({ endpoint: vod.endpoint, credentials })
  await client.call('CreateProcedureTemplate', {
    Name: 'one',
    MediaProcessTask: { TranscodeTaskSet: [{ Definition: 100010 }] },
  })
  await client.call('ModifyEventConfig', { Mode: 'PULL' })
}

async function reopenAsTheRealOne(): Promise<void> {
  await vod.close()
  await open(5_000)
}

beforeEach(async () => {
  await open(200)
  loops = []
  hints = []
  lines = []
  answer = async () => 'delivered'
})
afterEach(async () => {
  await Promise.all(loops.map((loop) => loop.close()))
  await vod.close()
})

function start(given: Partial<PullLoopOptions> = {}): PullLoop {
  const log = (fields: object, message: string) => void lines.push({ fields, message })
  const loop = startPullLoop({
    vod: client,
    keys,
    logger: { info: log, warn: log },
    deliver: async (_, hint) => {
      const delivered = await answer()
      hints.push(hint)
      return delivered
    },
    ...given,
  })
  loops.push(loop)
  return loop
}

/** A task of VOD's that sends an event with this context when it ends, which is soon. */
async function submit(SessionContext = sealSessionContext(address, keys)): Promise<string> {
  const path = join(tmpdir(), `vodflow-pull-${process.pid}.mp4`)
  writeFileSync(path, '')
  const { FileId } = await vod.upload(path, { name: 'clip' })
  const { TaskId } = await client.call('ProcessMediaByProcedure', {
    FileId,
    ProcedureName: 'one',
    SessionContext,
  })
  return TaskId
}

const calls = (action: string, code?: string) =>
  vod.books().calls.filter((call) => call.action === action && (code === undefined || call.code === code))
    .length

/** The client, and when each of its calls of PullEvents began, ms, with what came of it. */
function watched() {
  const pulls: { at: number; code: Promise<string> }[] = []
  const call: VodClient['call'] = (action, ...given) => {
    const answer = client.call(action, ...given)
    const code = answer.then(
      () => '',
      (error) => error.vodCode as string,
    )
    if (action === 'PullEvents') pulls.push({ at: performance.now(), code })
    return answer
  }
  return { vod: { call }, pulls }
}

/** Events that VOD still keeps: each is shown once more, so this is the end of a test. */
async function left(): Promise<number> {
  vod.clock.advance(half)
  const { EventSet } = await client.call('PullEvents', {}).catch(() => ({ EventSet: [] }))
  return EventSet.length
}

describe('an event of ours', () => {
  it('is a hint, then confirmed', async () => {
    const TaskId = await submit()
    const loop = start()
    await vi.waitFor(() => expect(loop.counts()).toMatchObject({ delivered: 1, confirmed: 1 }), soon)
    expect(hints).toMatchObject([{ TaskId, terminal: true, via: 'pull', SessionId: address.SessionId }])
    await loop.close()
    expect(await left()).toBe(0)
  })

  it('is not confirmed before Temporal has the signal', async () => {
    const signal = gate<'delivered'>()
    let asked = 0
    answer = () => {
      asked++
      return signal.promise
    }
    await submit()
    const loop = start()
    // Asked a second time: whoever confirms first has done so by now.
    await vi.waitFor(() => expect(asked).toBe(2), soon)
    expect(calls('ConfirmEvents')).toBe(0)
    signal.open('delivered')
    await vi.waitFor(() => expect(loop.counts().confirmed).toBe(1), soon)
  })

  it('confirmed after its 30 s is refused, counted, and confirmed when it comes again', async () => {
    const signal = gate<'delivered'>()
    let asked = 0
    answer = () => {
      asked++
      return signal.promise
    }
    await submit()
    const loop = start()
    await vi.waitFor(() => expect(asked).toBe(1), soon)
    vod.clock.advance(half)
    signal.open('delivered')
    await vi.waitFor(
      () => expect(loop.counts()).toMatchObject({ delivered: 2, notConfirmed: 1, confirmed: 1 }),
      soon,
    )
    expect(calls('ConfirmEvents', 'InvalidParameterValue')).toBe(1)
  })

  it('that Temporal does not take stays in the queue, and comes again', async () => {
    await submit()
    answer = () => Promise.reject(new Error('Temporal is away'))
    const loop = start({ limits: { signalTimeout: 200 } })
    await vi.waitFor(
      () => expect(loop.counts()).toMatchObject({ delivered: 0, undelivered: 1, confirmed: 0 }),
      soon,
    )
    answer = async () => 'delivered'
    vod.clock.advance(half)
    await vi.waitFor(() => expect(loop.counts()).toMatchObject({ delivered: 1, confirmed: 1 }), soon)
  })

  it.each([
    [undefined, 'returned undefined'],
    ['Delivered', 'returned "Delivered"'],
    [true, 'returned a boolean'],
  ])('whose delivery returns %j is tried once, stays in the queue, and is named', async (odd, problem) => {
    answer = vi.fn(async () => odd as never)
    await submit()
    const loop = start()
    await vi.waitFor(() => expect(loop.counts().undelivered).toBe(1), soon)
    expect(loop.counts()).toMatchObject({ delivered: 0, confirmed: 0 })
    expect(answer).toHaveBeenCalledTimes(1)
    expect(lines).toEqual([
      {
        fields: { workflowId: address.workflowId, problem: expect.stringContaining(`deliver: ${problem}`) },
        message: 'the signal of an event was not delivered; VOD shows the event again',
      },
    ])
    await loop.close()
    expect(await left()).toBe(1)
  })

  it('whose run has ended is confirmed: to show it again cannot help', async () => {
    answer = async () => 'no-run'
    await submit()
    const loop = start()
    await vi.waitFor(() => expect(loop.counts()).toMatchObject({ noRun: 1, confirmed: 1 }), soon)
  })

  it.each<[string, NonNullable<PullLoopOptions['foreign']>]>([
    ['left', 'leave'],
    ['confirmed', 'confirm'],
    ['handled', () => {}],
  ])('of another namespace is left to its loop where foreign events are %s', async (_, foreign) => {
    answer = async () => 'other-namespace'
    await submit()
    const loop = start({ foreign })
    await vi.waitFor(() => expect(loop.counts().otherNamespace).toBe(1), soon)
    await loop.close()
    expect(loop.counts()).toMatchObject({ foreign: 0, confirmed: 0 })
    // A pull that VOD still holds, of a loop that is closed, may take it once more.
    await vi.waitFor(async () => expect(await left()).toBe(1), soon)
  })

  it('is delivered by one of several loops, and every one by some', async () => {
    for (let number = 0; number < 40; number++) await submit()
    start()
    start()
    await vi.waitFor(() => expect(new Set(hints.map(({ TaskId }) => TaskId)).size).toBe(40), soon)
    expect(hints).toHaveLength(40)
  })

  it('confirmed too late with others costs those others nothing', async () => {
    await submit()
    await submit()
    await vi.waitFor(
      () => expect(vod.books().tasks.every(({ Status }) => Status === 'FINISH')).toBe(true),
      soon,
    )
    vod.faults.add({ kind: 'error', action: 'ConfirmEvents', code: 'InvalidParameterValue', times: 2 })
    const loop = start()
    await vi.waitFor(
      () => expect(loop.counts()).toMatchObject({ delivered: 2, confirmed: 1, notConfirmed: 1 }),
      soon,
    )
    expect(calls('ConfirmEvents')).toBe(3)
  })
})

describe('an event of others', () => {
  const foreign = 'the context of somebody else'

  it('is left in the queue', async () => {
    await submit(foreign)
    const loop = start()
    await vi.waitFor(() => expect(loop.counts()).toMatchObject({ foreign: 1, confirmed: 0 }), soon)
    await loop.close()
    expect(hints).toEqual([])
    // A pull that VOD still holds, of a loop that is closed, may take it once more.
    await vi.waitFor(async () => expect(await left()).toBe(1), soon)
  })

  it('with a forged token is never a hint', async () => {
    await submit(sealSessionContext(address, imposter))
    const loop = start()
    await vi.waitFor(() => expect(loop.counts()).toMatchObject({ foreign: 1, forged: 1 }), soon)
    expect(hints).toEqual([])
  })

  it('is confirmed on request', async () => {
    await submit(foreign)
    const loop = start({ foreign: 'confirm' })
    await vi.waitFor(() => expect(loop.counts()).toMatchObject({ foreign: 1, confirmed: 1 }), soon)
  })

  it('is confirmed when it was taken on, and only then', async () => {
    const taken: ForeignEvent[] = []
    let refuse = true
    await submit(foreign)
    const loop = start({
      foreign: (event) => {
        if (refuse) throw new Error('not now')
        taken.push(event)
      },
    })
    await vi.waitFor(() => expect(loop.counts()).toMatchObject({ foreign: 1, confirmed: 0 }), soon)
    refuse = false
    vod.clock.advance(half)
    await vi.waitFor(() => expect(loop.counts()).toMatchObject({ confirmed: 1 }), soon)
    expect(taken).toMatchObject([{ EventType: 'ProcedureStateChanged' }])
    expect(taken[0]?.json).not.toHaveProperty('EventHandle')
  })

  it('that is never taken on holds up neither the events of ours nor the end', async () => {
    const loop = start({ foreign: () => new Promise(() => {}), limits: { foreignTimeout: 100 } })
    await submit(foreign)
    await submit()
    await vi.waitFor(() => expect(loop.counts()).toMatchObject({ foreign: 1, confirmed: 1 }), soon)
    await loop.close()
    // A pull that VOD still holds, of a loop that is closed, may take it once more.
    await vi.waitFor(async () => expect(await left()).toBe(1), soon)
  })

  it('is not asked for again at once', async () => {
    await reopenAsTheRealOne()
    const { vod, pulls } = watched()
    await submit(foreign)
    const loop = start({ vod, limits: { idlePause: 60_000 } })
    await vi.waitFor(() => expect(loop.counts().foreign).toBe(1), soon)
    await loop.close()
    expect(pulls).toHaveLength(1)
  })

  it('ten times in a row is worth another word after an event of ours', async () => {
    const loop = start({ limits: { idlePause: 1 } })
    const batches = async (from: number, to: number) => {
      for (let batch = from; batch <= to; batch++) {
        await submit(foreign)
        await vi.waitFor(() => expect(loop.counts().foreign).toBe(batch), soon)
      }
    }
    await batches(1, 10)
    await submit()
    await vi.waitFor(() => expect(loop.counts().confirmed).toBe(1), soon)
    await batches(11, 19)
    expect(lines).toHaveLength(1)
    await batches(20, 20)
    await vi.waitFor(() => expect(lines).toHaveLength(2), soon)
  })

  it('ten times in a row is worth a word, once', async () => {
    const loop = start({ limits: { idlePause: 1 } })
    for (let batch = 1; batch <= 15; batch++) {
      await submit(foreign)
      await vi.waitFor(() => expect(loop.counts().foreign).toBe(batch), soon)
    }
    expect(lines.map(({ message }) => message)).toEqual(['the queue holds only foreign events'])
  })
})

describe('the end', () => {
  it('does not wait for an event to come', async () => {
    await reopenAsTheRealOne()
    const { vod, pulls } = watched()
    const loop = start({ vod })
    await vi.waitFor(() => expect(pulls).toHaveLength(1), soon)
    await loop.close()
    expect(await pulls[0]?.code).toBe('ClientError.Aborted')
    expect(pulls).toHaveLength(1)
  })

  it('waits until what is being delivered is confirmed', async () => {
    const signal = gate<'delivered'>()
    let asked = false
    answer = () => {
      asked = true
      return signal.promise
    }
    await submit()
    const loop = start()
    await vi.waitFor(() => expect(asked).toBe(true), soon)
    const closed = loop.close()
    signal.open('delivered')
    await closed
    expect(loop.counts()).toMatchObject({ delivered: 1, confirmed: 1 })
    expect(await left()).toBe(0)
  })
})

describe('an error', () => {
  it('of a queue whose answer is no list ends the loop', async () => {
    const pull = vi.fn(async () => ({ EventSet: null, RequestId: 'r' }))
    const loop = start({ vod: { call: pull as never } })
    await expect(loop.ended).rejects.toThrow(TypeError)
    expect(pull).toHaveBeenCalledTimes(1)
    expect(lines).toEqual([])
    loops = []
  })
})

it('an empty queue is no error, and VOD out of reach is reported once', async () => {
  const { vod: client, pulls } = watched()
  const loop = start({ vod: client })
  await vi.waitFor(() => expect(calls('PullEvents', 'ResourceNotFound')).toBe(1), soon)
  expect(lines).toEqual([])
  vod.faults.add({ kind: 'error', action: 'PullEvents', code: 'InternalError', times: 3 })
  await vi.waitFor(() => expect(calls('PullEvents', 'InternalError')).toBe(3), soon)
  await submit()
  await vi.waitFor(() => expect(loop.counts().confirmed).toBe(1), soon)
  const failed = await Promise.all(pulls.map(({ code }) => code))
  const first = failed.indexOf('InternalError')
  const waits = [1, 2, 3].map(
    (after) => (pulls[first + after]?.at ?? 0) - (pulls[first + after - 1]?.at ?? 0),
  )
  // At least half of 1, 2 and 4 s.
  for (const [number, wait] of waits.entries()) expect(wait).toBeGreaterThan(490 * 2 ** number)
  expect(lines.map(({ message }) => message)).toEqual([
    'events cannot be pulled; retrying',
    'events are pulled again',
  ])
})

it.each([
  [
    'throws',
    () => {
      throw new Error('the disk is full')
    },
  ],
  ['rejects', () => Promise.reject(new Error('the collector is away'))],
])('a logger that %s ends no loop, and no process', async (_, full) => {
  const unhandled: unknown[] = []
  const keep = (reason: unknown) => void unhandled.push(reason)
  process.on('unhandledRejection', keep)
  vod.faults.add({ kind: 'error', action: 'PullEvents', code: 'InternalError' })
  const warn = vi.fn(full)
  const info = vi.fn(full)
  const loop = startPullLoop({
    vod: client,
    keys,
    deliver: async () => 'delivered',
    logger: { info, warn },
  })
  await vi.waitFor(() => expect(warn).toHaveBeenCalled(), soon)
  vod.faults.clear()
  // It says that events are pulled again.
  await vi.waitFor(() => expect(info).toHaveBeenCalled(), soon)
  await loop.close()
  await loop.ended
  process.off('unhandledRejection', keep)
  expect(unhandled).toEqual([])
})
