import { describe, expect, it, vi } from 'vitest'
import { Crowd, defaultCrowdLimits, type Way } from '../../src/callbacks/crowd.js'
import { type Hint, someTask } from '../../src/vod/hint.js'
import { address, ours, rig } from './rig.js'

const { SessionId } = address
const hint: Hint = { v: 1, SessionId, TaskId: 'forged', terminal: true, via: 'push', at: 1 }
const limits = { maxHistory: 500, slotMs: 60_000 }

/** A run, and processes that a token is replayed through. */
function run({ processes }: { processes: number }) {
  const ids = new Set<string>()
  const state = { history: 20, signals: 0, looks: 0, open: true }
  const crowds = Array.from({ length: processes }, () => new Crowd(limits))
  const historyOf = async () => {
    state.looks++
    return state.open ? state.history : undefined
  }
  /** Four events each: the signal, and a workflow task. */
  const signal = () => {
    state.signals++
    state.history += 4
  }
  const send = async (index: number, given: Hint = hint): Promise<Way> => {
    const way = await (crowds[index] as Crowd).way(address, given, historyOf)
    if (way.kind === 'each') signal()
    if (way.kind === 'shared') {
      way.sent()
      for (const { requestId } of way.signals) {
        if (!ids.has(requestId)) signal()
        ids.add(requestId)
      }
    }
    return way
  }
  return { state, send, ids }
}

describe('a token that is replayed', () => {
  it.each([1, 3, 10, 50])(
    'through %i processes adds no more than a bound to the history of its run',
    async (processes) => {
      vi.useFakeTimers({ toFake: ['Date', 'setTimeout'] })
      try {
        const { state, send } = run({ processes })
        // Ten minutes, two events a second in each process.
        for (let second = 0; second < 600; second += 5) {
          vi.advanceTimersByTime(5_000)
          for (let index = 0; index < processes; index++)
            for (let n = 0; n < 10; n++) await send(index, { ...hint, TaskId: `forged-${n}` })
        }
        // Ten TaskIds, and ten slots.
        expect(state.history).toBeLessThan(20 + limits.maxHistory + 4 * 30 * processes + 4 * 21)
      } finally {
        vi.useRealTimers()
      }
    },
  )

  it('is one signal for each slot in which an event came, ten times as long where the history is twice as long', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout'] })
    try {
      vi.setSystemTime(600_000)
      for (const [history, slots] of [
        [600, 20],
        [1_000, 2],
        [40_000, 2],
      ] as const) {
        const { state, send, ids } = run({ processes: 3 })
        state.history = history
        for (const index of [0, 1, 2]) for (let n = 0; n < 4; n++) await send(index)
        for (let minute = 0; minute < 20; minute++) {
          for (const index of [0, 1, 2]) await send(index)
          vi.advanceTimersByTime(60_000)
        }
        expect([...ids].filter((id) => id.startsWith('vodflow.slot/'))).toHaveLength(slots)
        vi.setSystemTime(600_000)
      }
    } finally {
      vi.useRealTimers()
    }
  })

  it('then asks for a look after the slot, at any task, whatever task the event named', async () => {
    const { state, send } = run({ processes: 1 })
    state.history = 501
    for (let n = 0; n < 4; n++) expect(await send(0)).toEqual({ kind: 'each' })
    const way = await send(0)
    if (way.kind !== 'shared') throw new Error(`it is ${way.kind}`)
    const [slot, named, ...more] = way.signals
    expect(slot?.hint).toMatchObject({ v: 1, SessionId, TaskId: someTask, terminal: true, via: 'push' })
    const end = Math.ceil(Date.now() / 60_000) * 60_000
    expect(slot?.hint.after).toBe(end + 20_000)
    expect(named?.hint).toEqual(hint)
    expect(more).toEqual([])
    expect(await send(0)).toMatchObject({ kind: 'shared', signals: [] })
  })

  it('is one signal for each TaskId, once for all processes, up to three times the limit', async () => {
    const { state, send, ids } = run({ processes: 5 })
    state.history = 501
    for (const index of [0, 1, 2, 3, 4])
      for (let n = 0; n < 24; n++) await send(index, { ...hint, TaskId: `task-${n}` })
    const named = () => [...ids].filter((id) => id.startsWith('vodflow.task/')).length
    // The first four of each process were signals of their own.
    expect(named()).toBe(20)
    const other = run({ processes: 1 })
    other.state.history = 1_500
    for (let n = 0; n < 24; n++) await other.send(0, { ...hint, TaskId: `task-${n}` })
    expect([...other.ids].filter((id) => id.startsWith('vodflow.task/'))).toEqual([])
  })

  it('of new TaskIds without end adds no more than three times the limit and what a look allows', async () => {
    const { state, send } = run({ processes: 10 })
    for (let n = 0; n < 20_000; n++) {
      // Each process looks anew: as if half a second had passed for each hundred events.
      if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
      await send(n % 10, { ...hint, TaskId: `task-${n}` })
    }
    expect(state.history).toBeLessThan(20 + 3 * limits.maxHistory + 4 * 30 * 10)
  })

  it('asks again where the signal of a slot was not sent', async () => {
    const crowd = new Crowd(limits)
    const historyOf = async () => 900
    for (let n = 0; n < 4; n++) await crowd.way(address, hint, historyOf)
    for (let n = 0; n < 3; n++)
      expect(await crowd.way(address, hint, historyOf)).toMatchObject({ signals: [{}, {}] })
  })

  it('shows no progress any more, and no signal', async () => {
    const { state, send } = run({ processes: 1 })
    state.history = 501
    for (let n = 0; n < 4; n++) await send(0)
    expect(await send(0, { ...hint, terminal: false, percent: 7 })).toMatchObject({
      kind: 'shared',
      signals: [],
    })
  })

  it('finds no run where none is', async () => {
    const { state, send } = run({ processes: 1 })
    for (let n = 0; n < 4; n++) await send(0)
    state.open = false
    expect(await send(0)).toEqual({ kind: 'no-run' })
  })

  it('is held while Temporal says nothing of the run, and looks anew each time', async () => {
    const crowd = new Crowd(limits)
    let looks = 0
    const historyOf = async () => {
      if (++looks < 3) throw new Error('14 UNAVAILABLE')
      return 20
    }
    for (let n = 0; n < 4; n++) await crowd.way(address, hint, historyOf)
    for (let n = 0; n < 2; n++)
      await expect(crowd.way(address, hint, historyOf)).rejects.toThrow('14 UNAVAILABLE')
    expect(await crowd.way(address, hint, historyOf)).toEqual({ kind: 'each' })
  })
})

it('the events of a step that nobody floods are signals of their own, also hundreds at once', async () => {
  const crowd = new Crowd(defaultCrowdLimits)
  let history = 20
  let looks = 0
  const ways = await Promise.all(
    Array.from({ length: 400 }, async (_, n) => {
      const way = await crowd.way(address, { ...hint, TaskId: `flow-${n}` }, async () => {
        looks++
        return history
      })
      history += 4
      return way.kind
    }),
  )
  expect(ways.filter((kind) => kind !== 'each')).toEqual([])
  expect(looks).toBeLessThan(25)
})

it('an event whose signal stands for others is answered 200, and counted', async () => {
  const { handler, post } = rig({ deliver: async () => 'crowded' })
  expect(await post(ours())).toBe(200)
  expect(handler.counts()).toMatchObject({ delivered: 0, tooMany: 1 })
})
