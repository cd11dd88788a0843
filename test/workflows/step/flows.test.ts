import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Effect, SubmitRequest } from '../../../src/workflows/step/state.js'
import {
  accepted,
  bornAt,
  hint,
  hour,
  part,
  procedureId,
  reading,
  reviewId,
  SessionId,
  TestStep,
  verdict,
} from '../../support/step.js'

const pullId = '1500000001-pull-cccc'
const send: SubmitRequest = {
  action: 'PullUpload',
  input: { request: { MediaUrl: 'https://example.com/film.mp4', Procedure: 'two' } },
}
const started = [
  { TaskId: procedureId, TaskType: 'Procedure' },
  { TaskId: reviewId, TaskType: 'ReviewAudioVideo' },
]
const pulled = (given = {}) =>
  reading(pullId, { TaskType: 'PullUpload', newFileIds: ['777'], FileId: '777', started, ...given })
const seen = (of: ReturnType<typeof reading>) => ({ type: 'seen' as const, TaskId: of.TaskId, reading: of })
const submitted = () => ({
  type: 'submitted' as const,
  submitted: {
    kind: 'accepted' as const,
    SessionId,
    tasks: [{ TaskId: pullId, TaskType: 'PullUpload', createdAt: bornAt }],
  },
})

/** A pull with a task flow on what it fetches. */
function pulling(given = {}): TestStep {
  const step = new TestStep({ origin: { kind: 'submit', send }, FileId: '', flows: 1, ...given })
  step.give(submitted(), bornAt)
  return step
}

const reads = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.do === 'read' ? [effect.TaskId] : []))
const finish = (effects: readonly Effect[]) => effects.find((effect) => effect.do === 'finish')

describe('a task flow that a listing shows', () => {
  it.each([true, false])('is not asked for a task flow of its own; the step is canceled: %s', (canceled) => {
    const send: SubmitRequest = {
      action: 'EditMedia',
      input: { request: { InputType: 'File', FileInfos: [{ FileId: '528' }], ProcedureName: 'two' } },
    }
    const step = new TestStep({ origin: { kind: 'submit', send }, flows: 1 })
    step.give({ type: 'submitted', submitted: { kind: 'duplicate', SessionId } })
    if (canceled) step.give({ type: 'cancel' }, bornAt)
    const listed = [{ TaskId: 'edit', TaskType: 'EditMedia' }, ...started]
    const tasks = listed.map((task) => ({ ...task, createdAt: bornAt }))
    step.give({ type: 'found', tasks, missing: [] })
    expect(step.state.tasks.map(({ TaskId, startedHere }) => [TaskId, startedHere])).toEqual([
      ['edit', false],
      [procedureId, true],
      [reviewId, true],
    ])
  })
})

describe('a task flow that a task starts', () => {
  it('is waited for: the step ends with its last task', () => {
    const step = pulling()
    expect(reads(step.give({ type: 'hint', hint: hint(pullId) }))).toEqual([pullId])
    expect(finish(step.give(seen(pulled())))).toBeUndefined()
    expect(reads(step.give({ type: 'hint', hint: hint(procedureId) }))).toEqual([procedureId])
    step.give(seen(reading(procedureId)))
    step.give({ type: 'hint', hint: hint(reviewId) })
    const outcome = finish(step.give(seen(reading(reviewId))))
    expect(outcome).toMatchObject({
      outcome: {
        status: 'succeeded',
        TaskId: pullId,
        ReviewAudioVideoTaskId: reviewId,
        newFileIds: ['777'],
        FileId: '777',
      },
    })
  })

  it('need not echo our SessionId: the detail of what started it is proof', () => {
    const step = pulling()
    step.give({ type: 'hint', hint: hint(pullId) })
    step.give(seen(pulled({ started: [started[0]] })))
    step.give({ type: 'hint', hint: hint(procedureId) })
    expect(finish(step.give(seen(reading(procedureId, { SessionId: 'of somebody' }))))).toMatchObject({
      outcome: { status: 'succeeded' },
    })
  })

  it('whose event comes first makes the step read what started it, and its hint is kept', () => {
    const step = pulling()
    expect(reads(step.give({ type: 'hint', hint: hint(procedureId) }))).toEqual([pullId])
    expect(reads(step.give(seen(pulled())))).toEqual([procedureId])
  })

  it('cannot be made to read forever by hints of tasks that are not there', () => {
    const step = pulling()
    let all = 0
    for (let forged = 0; forged < 50; forged++) {
      all += reads(step.give({ type: 'hint', hint: hint(`forged-${forged}`) })).length
      step.give(seen(pulled({ Status: 'PROCESSING', started: undefined, parts: [] })))
    }
    expect(all).toBeLessThanOrEqual(6)
  })

  it('is read every few seconds where no event can come', () => {
    const step = pulling({ callbacks: false })
    expect(reads(step.give(seen(pulled())))).toEqual([procedureId, reviewId])
  })

  it('is not waited for where the task failed', () => {
    const step = pulling()
    step.give({ type: 'hint', hint: hint(pullId) })
    const failed = pulled({ parts: [part('failed')], started: undefined, newFileIds: undefined })
    expect(finish(step.give(seen(failed)))).toMatchObject({ outcome: { status: 'failed', newFileIds: [] } })
  })

  it('and is left to VOD when the step is detached', () => {
    const step = pulling()
    step.give({ type: 'hint', hint: hint(pullId) })
    step.give(seen(pulled()))
    expect(finish(step.give({ type: 'detach' }))).toMatchObject({
      outcome: { status: 'detached', reason: expect.stringContaining('2 open tasks') },
    })
  })
})

describe('the flows of a split whose answer was lost', () => {
  const segments = 30
  const split: SubmitRequest = {
    action: 'SplitMedia',
    input: { request: { FileId: '528', Segments: [{ StartTimeOffset: 0, ProcedureName: 'two' }] } },
  }
  const splitId = '1500000001-SplitMedia-eeee'
  const flows = Array.from({ length: segments }, (_, number) => [
    { TaskId: `flow-${number}`, TaskType: 'Procedure' },
    { TaskId: `review-${number}`, TaskType: 'ReviewAudioVideo' },
  ]).flat()
  const ends = [splitId, ...flows.map(({ TaskId }) => TaskId)]
  const typeOf = (TaskId: string) => flows.find((flow) => flow.TaskId === TaskId)?.TaskType ?? 'Procedure'
  const detailOf = (TaskId: string) =>
    TaskId === splitId
      ? reading(splitId, { TaskType: 'SplitMedia', newFileIds: ['777'], started: flows })
      : reading(TaskId, { TaskType: typeOf(TaskId), SessionId: undefined, parts: [part('failed')] })

  it.each([true, false])(
    'belong to the step, in whatever order events and reads come (callbacks: %s)',
    (callbacks) => {
      fc.assert(
        fc.property(
          fc.shuffledSubarray(ends, { minLength: ends.length }),
          fc.infiniteStream(fc.nat({ max: 9 })),
          (order, choices) => {
            const step = new TestStep({ origin: { kind: 'submit', send: split }, flows: segments, callbacks })
            step.give({ type: 'submitted', submitted: { kind: 'duplicate', SessionId } }, bornAt)
            step.give({ type: 'found', tasks: [], missing: ['SplitMedia'] }, bornAt)
            const hints = [...order]
            const open: string[] = []
            const take = (effects: readonly Effect[]) => open.push(...reads(effects))
            for (let turns = 0; step.state.phase !== 'settled' && turns < 1_000; turns++) {
              const [choice] = choices.take(1)
              const [answered] = open.splice(
                Math.min(choice ?? 0, open.length - 1),
                choice && choice > 4 ? 1 : 0,
              )
              const next = answered === undefined ? hints.shift() : undefined
              if (answered !== undefined) take(step.give(seen(detailOf(answered))))
              else if (next !== undefined) take(step.give({ type: 'hint', hint: hint(next) }))
              else if (open.length === 0) take(step.give({ type: 'woke' }, step.state.nextWake))
            }
            const outcome = finish(step.effects)
            expect(outcome).toMatchObject({ outcome: { status: 'partial', TaskId: splitId } })
            const known = step.state.tasks.map(({ TaskId }) => TaskId)
            expect(known.toSorted()).toEqual(ends.toSorted())
          },
        ),
      )
    },
  )
})

it('of a flow for each piece, the worst verdict is the outcome', () => {
  const secondId = '1500000001-ReviewAudioVideo-dddd'
  const both = [started[1], { TaskId: secondId, TaskType: 'ReviewAudioVideo' }]
  const step = pulling({ flows: 2 })
  step.give({ type: 'hint', hint: hint(pullId) })
  step.give(seen(pulled({ started: both })))
  for (const [TaskId, Suggestion] of [
    [reviewId, 'pass'],
    [secondId, 'block'],
  ] as const) {
    step.give({ type: 'hint', hint: hint(TaskId) })
    step.give(
      seen(reading(TaskId, { TaskType: 'ReviewAudioVideo', verdicts: [verdict('Media', Suggestion)] })),
    )
  }
  expect(finish(step.effects)).toMatchObject({ outcome: { moderation: { Suggestion: 'block' } } })
})

it('looks come early while a task is open that no sweep can find', () => {
  const step = pulling()
  const wakes: number[] = []
  for (let looks = 0; looks < 7; looks++) {
    const wake = step.effects.find((effect) => effect.do === 'wake')
    if (wake?.do !== 'wake') break
    wakes.push((wake.at - bornAt) / 60_000)
    step.give({ type: 'woke' }, wake.at)
    step.give(seen(pulled({ Status: 'PROCESSING', started: undefined, parts: [] })), wake.at)
    // The wake was an effect of the look, not of the reading.
    step.effects = [{ do: 'wake', at: step.state.nextWake ?? 0, why: '' }]
  }
  expect(wakes).toEqual([1, 3, 10, 30, 60, 180, 360])
})

describe('a pull that is found by its media', () => {
  const duplicate = () => {
    const step = new TestStep({ origin: { kind: 'submit', send }, FileId: '', flows: 1 })
    step.give({ type: 'submitted', submitted: { kind: 'duplicate', SessionId } }, bornAt)
    return step
  }
  const { TaskId: _, started: __, ...known } = pulled()

  it('has its flow from the listing, and waits for it', () => {
    const step = duplicate()
    const tasks = [{ TaskId: procedureId, TaskType: 'Procedure', createdAt: bornAt, ended: true as const }]
    const effects = step.give({ type: 'found', tasks, missing: [], reading: known })
    expect(reads(effects)).toEqual([procedureId])
    const outcome = finish(step.give(seen(reading(procedureId, { SessionId: undefined }))))
    expect(outcome).toMatchObject({
      outcome: { status: 'succeeded', newFileIds: ['777'], attempts: [{ recovered: true }] },
    })
  })

  it('is sought when nothing shows it, until an event names it and its detail proves it', () => {
    const step = duplicate()
    step.give({ type: 'found', tasks: [], missing: ['PullUpload'] })
    expect(reads(step.give({ type: 'hint', hint: hint(pullId) }, bornAt + hour))).toEqual([pullId])
    expect(finish(step.give(seen(pulled({ started: undefined }))))).toMatchObject({
      outcome: { status: 'succeeded', TaskId: pullId },
    })
  })
})

it('what nobody has named while VOD showed it is unknown', () => {
  const step = new TestStep({ origin: { kind: 'submit', send }, FileId: '', flows: 0 })
  step.give({ type: 'submitted', submitted: { kind: 'duplicate', SessionId } }, bornAt)
  step.give({ type: 'found', tasks: [], missing: ['PullUpload'] }, bornAt)
  let end: Effect | undefined
  for (let wakes = 0; wakes < 20 && !end; wakes++)
    end = finish(step.give({ type: 'woke' }, step.state.nextWake ?? 0))
  expect((step.state.nextWake ?? 0) - bornAt).toBe(72 * hour)
  expect(end).toMatchObject({
    outcome: { status: 'unknown', reason: expect.stringContaining('never named') },
  })
})

it('an accepted submission of one task needs nothing else', () => {
  const step = new TestStep()
  step.give(accepted(procedureId), bornAt)
  expect(step.state.tasks).toHaveLength(1)
})
