import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decide } from '../../../src/contract/decide.js'
import { defaultDelays } from '../../../src/contract/delays.js'
import type { PartStatus } from '../../../src/contract/outcome.js'
import { begin, reduce } from '../../../src/workflows/step/machine.js'
import {
  type Effect,
  maxUnconfirmed,
  type StepEvent,
  type StepState,
} from '../../../src/workflows/step/state.js'
import { manyRuns } from '../../support/manyRuns.js'
import { accepted, bornAt, hint, hour, part, reading, start } from '../../support/step.js'

/** What VOD and the outside world do to one step. Times in ms after the submit. */
interface World {
  readonly callbacks: boolean
  readonly jitter: number
  readonly tasks: readonly { readonly endsAt: number; readonly ends: PartStatus }[]
  /** Callbacks: honest, lost (not in the list), doubled, early, late, forged: all just hints at some time. */
  readonly hints: readonly { readonly at: number; readonly task: number; readonly terminal: boolean }[]
  /** How long a read takes. */
  readonly latency: number
  readonly submitTakes: number
}

const world: fc.Arbitrary<World> = fc.record({
  callbacks: fc.boolean(),
  jitter: fc.double({ min: -1, max: 1, noNaN: true }),
  tasks: fc.array(
    fc.record({
      endsAt: fc.integer({ min: 0, max: 60 * hour }),
      ends: fc.constantFrom<PartStatus>('succeeded', 'failed'),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  hints: fc.array(
    fc.record({
      at: fc.integer({ min: -10_000, max: 80 * hour }),
      task: fc.integer({ min: 0, max: 4 }),
      terminal: fc.boolean(),
    }),
    { maxLength: 60 },
  ),
  latency: fc.integer({ min: 1, max: 10 * 60_000 }),
  submitTakes: fc.integer({ min: 0, max: 60_000 }),
})

it('ends every world with the truth, and reads no more often than it may', () => {
  fc.assert(
    fc.property(world, (given) => {
      const { state, reads, mostAtOnce } = live(given)
      const truth = given.tasks.map(({ ends }, n) => reading(`task-${n}`, { parts: [part(ends)] }))
      expect(state.phase).toBe('settled')
      expect(decide(state.tasks.flatMap((task) => task.reading ?? [])).status).toBe(decide(truth).status)
      expect(mostAtOnce).toBe(1)
      const rounds = defaultDelays.looks.length + 1
      // Between two looks: the unconfirmed ones, one that is confirmed, one that was hinted meanwhile.
      expect(reads).toBeLessThanOrEqual(given.tasks.length * rounds * (maxUnconfirmed + 3))
    }),
    { numRuns: manyRuns(500) },
  )
})

it('settles once: nothing that comes later changes an outcome', () => {
  fc.assert(
    fc.property(world, fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 20 }), (given, late) => {
      const { state } = live(given)
      const noise = late.flatMap<StepEvent>((n) => [
        { type: 'hint', hint: hint(`task-${n}`) },
        { type: 'seen', TaskId: `task-${n}`, reading: reading(`task-${n}`, { parts: [part('failed')] }) },
        { type: 'woke' },
        { type: 'cancel' },
      ])
      const after = noise.reduce((now, event) => reduce(now, { ...event, at: bornAt + 90 * hour })[0], state)
      expect(after).toBe(state)
    }),
  )
})

/** Lives one world to the end of its step, on a clock of its own. */
function live(given: World): { state: StepState; reads: number; mostAtOnce: number } {
  const agenda: { at: number; event: StepEvent; wake?: true }[] = given.hints.map(
    ({ at, task, terminal }) => ({
      at,
      event: { type: 'hint', hint: hint(`task-${task}`, { terminal }) },
    }),
  )
  let reads = 0
  let mostAtOnce = 0
  const underWay = new Map<string, number>()

  const perform = (effect: Effect, now: number): void => {
    if (effect.do === 'submit')
      agenda.push({ at: given.submitTakes, event: accepted(...given.tasks.map((_, n) => `task-${n}`)) })
    if (effect.do === 'wake') {
      for (let n = agenda.length - 1; n >= 0; n--) if (agenda[n]?.wake) agenda.splice(n, 1)
      agenda.push({ at: effect.at - bornAt, event: { type: 'woke' }, wake: true })
    }
    if (effect.do === 'read') {
      reads++
      const { TaskId, cause } = effect
      underWay.set(TaskId, (underWay.get(TaskId) ?? 0) + 1)
      mostAtOnce = Math.max(mostAtOnce, underWay.get(TaskId) ?? 0)
      const task = given.tasks[Number(TaskId.slice(5))]
      const endsAt = task?.endsAt ?? 0
      const at = cause === 'poll' ? Math.max(now, endsAt) + given.latency : now + given.latency
      const parts = [part(task?.ends ?? 'unknown')]
      const shown =
        at >= endsAt ? reading(TaskId, { parts }) : reading(TaskId, { Status: 'PROCESSING', parts: [] })
      agenda.push({ at, event: { type: 'seen', TaskId, reading: shown } })
    }
  }

  let [state, effects] = begin(start({ callbacks: given.callbacks, jitter: given.jitter }), bornAt)
  for (const effect of effects) perform(effect, 0)
  while (state.phase !== 'settled' && agenda.length > 0) {
    agenda.sort((one, other) => one.at - other.at)
    const { at, event } = agenda.shift() as (typeof agenda)[number]
    if (event.type === 'seen') underWay.set(event.TaskId, (underWay.get(event.TaskId) ?? 1) - 1)
    ;[state, effects] = reduce(state, { ...event, at: bornAt + at })
    for (const effect of effects) perform(effect, at)
  }
  return { state, reads, mostAtOnce }
}
