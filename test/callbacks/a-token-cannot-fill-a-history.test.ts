import { describe, expect, it, vi } from 'vitest'
import { defaultStepQuota, type QuotaDecision, StepQuota } from '../../src/callbacks/stepQuota.js'
import { someTask, type TaskHint } from '../../src/contract/hint.js'
import { address, ours, rig } from './rig.js'

const { SessionId } = address
const hint: TaskHint = { v: 1, SessionId, TaskId: 'forged', terminal: true, via: 'push', at: 1 }
const limits = { maxHistory: 500, slotLength: 60_000 }

/** A run, and processes that a token is replayed through. */
function run({ processes }: { processes: number }) {
  const ids = new Set<string>()
  const state = { history: 20, signals: 0, checks: 0, open: true }
  const quotas = Array.from({ length: processes }, () => new StepQuota(limits))
  const historyOf = async () => {
    state.checks++
    return state.open ? state.history : undefined
  }
  /** Four events each: the signal, and a workflow task. */
  const signal = () => {
    state.signals++
    state.history += 4
  }
  const send = async (index: number, given: TaskHint = hint): Promise<QuotaDecision> => {
    const decision = await (quotas[index] as StepQuota).decide(address, given, historyOf)
    if (decision.kind === 'signal') signal()
    if (decision.kind === 'shared') {
      decision.sent()
      for (const { requestId } of decision.signals) {
        if (!ids.has(requestId)) signal()
        ids.add(requestId)
      }
    }
    return decision
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
    for (let n = 0; n < 4; n++) expect(await send(0)).toEqual({ kind: 'signal' })
    const decision = await send(0)
    if (decision.kind !== 'shared') throw new Error(`it is ${decision.kind}`)
    const [slot, named, ...more] = decision.signals
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
      // Each process checks anew: as if half a second had passed for each hundred events.
      if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
      await send(n % 10, { ...hint, TaskId: `task-${n}` })
    }
    expect(state.history).toBeLessThan(20 + 3 * limits.maxHistory + 4 * 30 * 10)
  })

  it('is a signal for each of 1,000 hints, and then for each slot, where a process may not know the history', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout'] })
    try {
      const quota = new StepQuota(limits)
      const send = (TaskId: string) =>
        quota.decide(address, { ...hint, TaskId }, async () => 'hidden' as const)
      let signals = 0
      let first = await send('task-0')
      while (first.kind === 'signal') first = await send(`task-${++signals}`)
      expect(signals).toBeGreaterThanOrEqual(1_000)
      expect(signals).toBeLessThan(1_025)
      expect(first).toMatchObject({ kind: 'shared', signals: [{ hint: { TaskId: someTask } }] })
      if (first.kind === 'shared') first.sent()
      for (let n = 0; n < 100; n++) {
        vi.advanceTimersByTime(1_000)
        const decision = await send(`more-${n}`)
        expect(decision).toMatchObject({ kind: 'shared' })
        if (decision.kind !== 'shared') continue
        for (const signal of decision.signals) expect(signal.hint.TaskId).toBe(someTask)
        decision.sent()
      }
    } finally {
      vi.useRealTimers()
    }
  })

  it('asks again where the signal of a slot was not sent', async () => {
    const quota = new StepQuota(limits)
    const historyOf = async () => 900
    for (let n = 0; n < 4; n++) await quota.decide(address, hint, historyOf)
    for (let n = 0; n < 3; n++)
      expect(await quota.decide(address, hint, historyOf)).toMatchObject({ signals: [{}, {}] })
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

  it('is held while Temporal says nothing of the run, and checks anew each time', async () => {
    const quota = new StepQuota(limits)
    let checks = 0
    const historyOf = async () => {
      if (++checks < 3) throw new Error('14 UNAVAILABLE')
      return 20
    }
    for (let n = 0; n < 4; n++) await quota.decide(address, hint, historyOf)
    for (let n = 0; n < 2; n++)
      await expect(quota.decide(address, hint, historyOf)).rejects.toThrow('14 UNAVAILABLE')
    expect(await quota.decide(address, hint, historyOf)).toEqual({ kind: 'signal' })
  })
})

it('the events of a step that nobody floods are signals of their own, also hundreds at once', async () => {
  const quota = new StepQuota(defaultStepQuota)
  let history = 20
  let checks = 0
  const decisions = await Promise.all(
    Array.from({ length: 400 }, async (_, n) => {
      const decision = await quota.decide(address, { ...hint, TaskId: `flow-${n}` }, async () => {
        checks++
        return history
      })
      history += 4
      return decision.kind
    }),
  )
  expect(decisions.filter((kind) => kind !== 'signal')).toEqual([])
  expect(checks).toBeLessThan(25)
})

it('an event whose signal stands for others is answered 200, and counted', async () => {
  const { handler, post } = rig({ deliver: async () => 'crowded' })
  expect(await post(ours())).toBe(200)
  expect(handler.counts()).toMatchObject({ delivered: 0, crowded: 1 })
})
