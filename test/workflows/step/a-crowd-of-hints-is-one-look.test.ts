import { describe, expect, it, vi } from 'vitest'
import { defaultStepQuota, StepQuota } from '../../../src/callbacks/stepQuota.js'
import { defaultDelays } from '../../../src/contract/delays.js'
import { someTask, type TaskHint } from '../../../src/contract/hint.js'
import { maxKeptHints } from '../../../src/workflows/run/keptHints.js'
import type { Effect } from '../../../src/workflows/step/state.js'
import { maxUnconfirmed } from '../../../src/workflows/step/state.js'
import {
  accepted,
  bornAt,
  duplicate,
  hint,
  hour,
  procedureId,
  read,
  reading,
  reviewId,
  seen,
  TestStep,
  waiting,
} from '../../support/step.js'

const minute = 60_000
const unfinished = (TaskId = procedureId) => seen(reading(TaskId, { Status: 'PROCESSING', parts: [] }))
const readsOf = (effects: readonly Effect[]) => effects.filter((effect) => effect.do === 'read')

/** A step whose hints are not read each any more. */
function crowded(...TaskIds: string[]): TestStep {
  const step = waiting(...TaskIds)
  for (let n = 0; n < maxUnconfirmed; n++) {
    step.give({ type: 'hint', hint: hint(procedureId) }, bornAt)
    step.give(unfinished(), bornAt)
  }
  expect(step.state.unconfirmed).toBe(maxUnconfirmed)
  return step
}

/** Gives a step a hint every ten seconds, as forgers do. Returns the times at which it read, each with the number of its reads. */
function flooded(step: TestStep, { from, to, given }: { from: number; to: number; given: () => TaskHint }) {
  const looks: { at: number; reads: number }[] = []
  const answered = (at: number, effects: readonly Effect[]) => {
    const reads = readsOf(effects).length
    if (reads > 0) looks.push({ at, reads })
    for (const { TaskId } of step.state.tasks) step.give(unfinished(TaskId), at)
  }
  for (let at = from; at < to; at += 10_000) {
    answered(at, step.give({ type: 'hint', hint: given() }, at))
    const { nextWake } = step.state
    if (nextWake !== undefined && nextWake <= at) answered(at, step.give({ type: 'woke' }, at))
  }
  return looks
}

describe('hints that are too many to be read each', () => {
  it.each([
    ['the task itself', () => hint(procedureId)],
    ['forged TaskIds', () => hint(`forged-${Math.random()}`)],
    ['no TaskId at all', () => hint(someTask)],
    ['those of pulled events', () => hint(procedureId, { via: 'pull' })],
  ])('get one look within minutes, that also sees what a true one announced: %s', (_, given) => {
    const step = crowded(procedureId)
    for (let n = 0; n < 1_000; n++)
      expect(readsOf(step.give({ type: 'hint', hint: given() }, bornAt))).toEqual([])
    expect(step.state.nextWake).toBe(bornAt + 3 * minute)
    const [look] = step.give({ type: 'woke' }, bornAt + 3 * minute)
    expect(look).toEqual(read(procedureId, 'look'))
    expect(step.give(seen())).toMatchObject([{ do: 'finish', outcome: { status: 'succeeded' } }])
  })

  it('are never put off, and never forgotten: not by a flood of days', () => {
    const step = crowded(procedureId)
    const day = 24 * hour
    const looks = flooded(step, { from: bornAt, to: bornAt + 3 * day, given: () => hint(procedureId) })
    const gaps = looks.slice(1).map(({ at }, index) => at - (looks[index]?.at ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(31 * minute)
    // Two looks an hour, and after each of the five scheduled ones five for a hint each and some sooner.
    const reads = looks.reduce((sum, look) => sum + look.reads, 0)
    expect(reads).toBeLessThan(72 * 2 + 5 * 10)
  })

  it('cost no more where a step has many tasks', () => {
    const TaskIds = Array.from({ length: 40 }, (_, n) => `1500000001-procedurev2-${n}`)
    const step = waiting(procedureId, ...TaskIds)
    for (let n = 0; n < maxUnconfirmed; n++) {
      step.give({ type: 'hint', hint: hint(procedureId) }, bornAt)
      step.give(unfinished(), bornAt)
    }
    const to = bornAt + 24 * hour
    const looks = flooded(step, { from: bornAt, to, given: () => hint(procedureId) })
    expect(looks.reduce((sum, look) => sum + look.reads, 0)).toBeLessThan(1_000)
  })

  it('but one of the sweep is read at once: it comes once, and is no forgery', () => {
    const step = crowded(procedureId)
    expect(step.give({ type: 'hint', hint: hint(procedureId, { via: 'sweep' }) }, bornAt)).toEqual([
      read(procedureId, 'hint'),
    ])
  })

  it('and one of the sweep that a lagging detail does not confirm is looked at again', () => {
    const step = waiting(procedureId)
    step.give({ type: 'hint', hint: hint(procedureId, { via: 'sweep' }) }, bornAt)
    expect(step.give(unfinished(), bornAt)).toMatchObject([{ do: 'wake', at: bornAt + 3 * minute }])
  })

  it('one that came while the fifth read was under way is looked at too', () => {
    const step = waiting(procedureId)
    for (let n = 1; n < maxUnconfirmed; n++) {
      step.give({ type: 'hint', hint: hint(procedureId) }, bornAt)
      step.give(unfinished(), bornAt)
    }
    step.give({ type: 'hint', hint: hint(procedureId) }, bornAt)
    step.give({ type: 'hint', hint: hint(procedureId) }, bornAt)
    expect(step.give(unfinished(), bornAt)).toMatchObject([{ do: 'wake', at: bornAt + 3 * minute }])
  })
})

describe('a hint that stands for all events until a time', () => {
  const slot = (after: number): TaskHint => hint(someTask, { after })

  it('is a look after that time, and not before', () => {
    const step = waiting(procedureId, reviewId)
    const after = bornAt + 20 * minute
    expect(step.give({ type: 'hint', hint: slot(after) }, bornAt)).toMatchObject([{ do: 'wake', at: after }])
    expect(readsOf(step.give({ type: 'woke' }, after))).toEqual([
      read(procedureId, 'look'),
      read(reviewId, 'look'),
    ])
  })

  it('that comes while a look is planned neither moves it nor is lost', () => {
    const step = waiting(procedureId)
    const first = bornAt + 4 * minute
    step.give({ type: 'hint', hint: slot(first) }, bornAt)
    expect(step.give({ type: 'hint', hint: slot(first + 3 * minute) }, bornAt + 3 * minute)).toEqual([])
    expect(step.state.nextWake).toBe(first)
    step.give({ type: 'woke' }, first)
    step.give(unfinished(), first)
    expect(step.state.nextWake).toBe(first + 6 * minute)
    expect(readsOf(step.give({ type: 'woke' }, first + 6 * minute))).toEqual([read(procedureId, 'look')])
    step.give(unfinished(), first + 6 * minute)
    expect(step.state.nextWake).toBe(bornAt + 6 * hour)
  })

  it.each([
    ['in the past', bornAt - hour, bornAt + 3 * minute],
    ['a year away', bornAt + 365 * 24 * hour, bornAt + hour],
    ['infinitely far', Number.MAX_VALUE, bornAt + hour],
  ])('%s is a look within the hour', (_, after, at) => {
    const step = waiting(procedureId)
    step.give({ type: 'hint', hint: slot(after) }, bornAt)
    expect(step.state.nextWake).toBe(at)
  })

  it('before the TaskIds are known is kept among thousands, the latest of them, and claims nothing', () => {
    const step = new TestStep()
    step.give(duplicate, bornAt)
    step.give({ type: 'hint', hint: slot(bornAt + minute) }, bornAt)
    for (let n = 0; n < maxKeptHints + 5; n++) step.give({ type: 'hint', hint: hint(`forged-${n}`) }, bornAt)
    step.give({ type: 'hint', hint: slot(bornAt + 9 * minute) }, bornAt)
    step.give({ type: 'hint', hint: slot(bornAt + 5 * minute) }, bornAt)
    const listed = { TaskId: procedureId, TaskType: 'Procedure', createdAt: bornAt }
    const effects = step.give({ type: 'found', tasks: [listed], missing: [] }, bornAt)
    expect(readsOf(effects)).toEqual([read(procedureId, 'hint')])
    expect(step.state.crowdLook?.until).toBe(bornAt + 9 * minute)
  })

  it('is nothing to a step that events cannot reach', () => {
    const step = new TestStep({ callbacks: false })
    step.give(accepted(procedureId), bornAt)
    expect(step.give({ type: 'hint', hint: slot(bornAt + minute) }, bornAt)).toEqual([])
  })
})

it('the waits are those of the delays, and no list of them makes a look without end', () => {
  for (const waits of [[7_000], [], defaultDelays.crowded]) {
    const step = new TestStep({ delays: { ...defaultDelays, crowded: waits } })
    step.give(accepted(procedureId), bornAt)
    step.give({ type: 'hint', hint: hint(someTask, { after: bornAt + 1_000 }) }, bornAt)
    expect(step.state.nextWake).toBe(bornAt + Math.max(1_000, waits[0] ?? 0))
    step.give({ type: 'woke' }, step.state.nextWake)
    expect(step.state.crowdLook).toBeUndefined()
  }
})

describe('a flood of seven days through five processes', () => {
  it.each([
    ['one task', [procedureId]],
    ['thirty tasks', [procedureId, ...Array.from({ length: 29 }, (_, n) => `1500000001-procedurev2-${n}`)]],
  ])('leaves the history of its run far below what Temporal takes: %s', async (_, TaskIds) => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout'] })
    try {
      vi.setSystemTime(bornAt)
      const step = waiting(...TaskIds)
      const quotas = Array.from({ length: 5 }, () => new StepQuota(defaultStepQuota))
      const address = { namespace: 'n', account: 'a', workflowId: 'w', chain: 'c', SessionId: 's' }
      const ids = new Set<string>()
      let history = 20
      // A workflow task is three events, an activity three and its workflow task, a timer two.
      const give = (event: Parameters<TestStep['give']>[0]) => {
        const effects = step.give(event, Date.now())
        for (const effect of effects) history += effect.do === 'read' ? 6 : 2
        return effects
      }
      const answered = (event: Parameters<TestStep['give']>[0]) => {
        history += 3
        for (const effect of give(event)) if (effect.do === 'read') give(unfinished(effect.TaskId))
      }
      const signal = (given: TaskHint) => {
        history++
        answered({ type: 'hint', hint: given })
      }
      let number = 0
      const until = bornAt + 7 * 24 * hour - minute
      while (Date.now() < until) {
        vi.advanceTimersByTime(minute)
        for (const [index, quota] of quotas.entries()) {
          const forged = hint(`forged-${index}-${number++ % 5_000}`)
          const decision = await quota.decide(address, forged, async () => history)
          if (decision.kind === 'signal') signal(forged)
          if (decision.kind !== 'shared') continue
          decision.sent()
          for (const shared of decision.signals) {
            if (!ids.has(shared.requestId)) signal(shared.hint)
            ids.add(shared.requestId)
          }
        }
        if ((step.state.nextWake ?? Number.POSITIVE_INFINITY) <= Date.now()) answered({ type: 'woke' })
      }
      expect(step.state.phase).toBe('waiting')
      console.log(`${TaskIds.length} tasks: history ${history}`)
      expect(history).toBeLessThan(17_000)
    } finally {
      vi.useRealTimers()
    }
  })
})
