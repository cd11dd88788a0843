import { describe, expect, it } from 'vitest'
import { progressOf } from '../../../src/workflows/step/progressOf.js'
import type { StepEvent } from '../../../src/workflows/step/state.js'
import {
  abort,
  accepted,
  bornAt,
  duplicate,
  hint,
  part,
  procedureId,
  read,
  reading,
  reviewId,
  seen,
  send,
  TestStep,
  waiting,
} from '../../support/step.js'

describe('a step that adopts a task', () => {
  const adopted = () => new TestStep({ origin: { kind: 'adopt', TaskId: procedureId }, callbacks: false })

  it('submits nothing, reads, and takes type and age from VOD', () => {
    const step = adopted()
    expect(step.effects).toMatchObject([{ do: 'read', TaskId: procedureId, cause: 'poll' }, { do: 'wake' }])
    const foreign = reading(procedureId, { SessionId: 'the session of somebody else' })
    expect(step.give({ type: 'seen', TaskId: procedureId, reading: foreign })).toMatchObject([
      {
        do: 'finish',
        outcome: {
          status: 'succeeded',
          TaskId: procedureId,
          FileId: '528',
          endedBy: 'poll',
          attempts: [{ action: 'adopted' }],
        },
      },
    ])
  })

  it('is unknown when the answer does not name the task, because nothing else tells whose it is', () => {
    const step = adopted()
    const answer = {
      type: 'seen',
      TaskId: procedureId,
      reading: reading(procedureId),
      namesNone: true,
    } as const
    expect(step.give(answer)).toMatchObject([{ do: 'readMedia' }])
    expect(step.give({ type: 'mediaRead', outputs: [] })).toMatchObject([
      {
        do: 'finish',
        outcome: {
          status: 'unknown',
          reason: expect.stringContaining('has only answers that do not name it'),
        },
      },
    ])
  })

  it('is unknown when VOD shows no such task', () => {
    const step = new TestStep({ origin: { kind: 'adopt', TaskId: 'x' }, callbacks: false, FileId: '' })
    expect(step.give({ type: 'gone', TaskId: 'x' })).toMatchObject([
      {
        do: 'finish',
        outcome: { status: 'unknown', reason: expect.stringContaining('is not shown by VOD') },
      },
    ])
  })
})

describe('a step that somebody detaches', () => {
  it('ends at once and leaves its tasks to VOD', () => {
    const step = waiting(procedureId)
    expect(step.give({ type: 'detach' })).toMatchObject([
      { do: 'finish', outcome: { status: 'detached', TaskId: procedureId } },
    ])
    expect(step.give({ type: 'detach' })).toEqual([])
  })

  it('awaits a submit in flight, to say what was made', () => {
    const step = new TestStep()
    expect(step.give({ type: 'detach' }, bornAt)).toMatchObject([{ do: 'wake', at: bornAt + 120_000 }])
    expect(step.give(accepted(procedureId))).toMatchObject([
      { do: 'finish', outcome: { status: 'detached', TaskId: procedureId } },
    ])
  })

  it('does not await it forever', () => {
    const step = new TestStep()
    step.give({ type: 'detach' }, bornAt)
    expect(step.give({ type: 'woke' }, bornAt + 120_000)).toMatchObject([
      { do: 'finish', outcome: { status: 'detached' } },
    ])
  })

  it('searches nothing when the submit was a duplicate', () => {
    const step = new TestStep()
    step.give({ type: 'detach' }, bornAt)
    expect(step.give(duplicate)).toMatchObject([{ do: 'finish', outcome: { status: 'detached' } }])
  })
})

describe('a canceled step', () => {
  const answered = (TaskId: string, aborted: boolean) => ({ type: 'abortAnswered', TaskId, aborted }) as const

  it('asks VOD to abort, reads again, and says what stopped and what goes on', () => {
    const step = waiting(procedureId, reviewId)
    expect(step.give({ type: 'cancel' })).toEqual([abort(procedureId), abort(reviewId)])
    expect(step.give(answered(procedureId, false))).toEqual([read(procedureId, 'cancel')])
    expect(step.give(answered(reviewId, true))).toEqual([read(reviewId, 'cancel')])
    step.give(seen(reading(procedureId, { Status: 'PROCESSING' })))
    const aborted = seen(reading(reviewId, { Status: 'ABORTED', parts: [part('aborted')] }))
    expect(step.give(aborted)).toEqual([
      {
        do: 'finishCanceled',
        canceled: { stopped: [reviewId], ended: [], left: [procedureId], submitUnanswered: false },
      },
    ])
  })

  it.each([
    ['shows its end', 'FINISH', 'ended'],
    ['shows the abort', 'ABORTED', 'stopped'],
    ['does not show the abort yet', 'WAITING', 'left'],
    ['shows it at work after all', 'PROCESSING', 'left'],
  ])('believes what VOD shows after it took the abort: it %s', (_, Status, fate) => {
    const step = waiting(procedureId)
    step.give({ type: 'cancel' })
    step.give(answered(procedureId, true))
    const none = { stopped: [], ended: [], left: [], submitUnanswered: false }
    expect(step.give(seen(reading(procedureId, { Status })))).toEqual([
      { do: 'finishCanceled', canceled: { ...none, [fate]: [procedureId] } },
    ])
  })

  it('takes the end of a task that a search has found after a submit without an answer', () => {
    const step = new TestStep()
    step.give({ type: 'cancel' }, bornAt)
    step.give({ type: 'unanswered', sent: true })
    const task = { TaskId: procedureId, TaskType: 'Procedure', createdAt: bornAt }
    step.give({ type: 'found', tasks: [task], missing: [] })
    step.give(answered(procedureId, true))
    expect(step.give(seen(reading(procedureId, { Status: 'ABORTED' })))).toEqual([
      {
        do: 'finishCanceled',
        canceled: { stopped: [procedureId], ended: [], left: [], submitUnanswered: false },
      },
    ])
  })

  it.each([
    ['another SessionId', { SessionId: 'b'.repeat(40) }, {}],
    ['no TaskId and no SessionId', { SessionId: undefined }, { namesNone: true as const }],
    ['no TaskId and another SessionId', { SessionId: 'b'.repeat(40) }, { namesNone: true as const }],
  ])('takes no end from a detail with %s', (_, given, answer) => {
    const step = waiting(procedureId)
    step.give({ type: 'cancel' })
    step.give(answered(procedureId, true))
    expect(step.give({ ...seen(reading(procedureId, given)), ...answer })).toEqual([
      {
        do: 'finishCanceled',
        canceled: { stopped: [], ended: [], left: [procedureId], submitUnanswered: false },
      },
    ])
  })

  it('does not touch a task that has ended', () => {
    const step = waiting(procedureId, reviewId)
    step.give({ type: 'hint', hint: hint(reviewId) })
    step.give(seen(reading(reviewId)))
    expect(step.give({ type: 'cancel' })).toEqual([abort(procedureId)])
  })

  it('waits for a submit in flight and cancels what it made', () => {
    const step = new TestStep()
    expect(step.give({ type: 'cancel' }, bornAt)).toMatchObject([{ do: 'wake', at: bornAt + 80_000 }])
    expect(step.give(accepted(procedureId))).toEqual([abort(procedureId)])
    expect(step.give({ type: 'woke' }, bornAt + 80_000)).toEqual([])
    step.give(answered(procedureId, true))
    expect(step.give({ type: 'gone', TaskId: procedureId })).toMatchObject([
      { do: 'finishCanceled', canceled: { left: [procedureId], submitUnanswered: false } },
    ])
  })

  const task = { TaskId: procedureId, TaskType: 'Procedure', createdAt: bornAt }
  const search = (known: { readonly SessionId?: string } = {}) => [
    expect.objectContaining({ do: 'search', send, ...known }),
    { do: 'wake', at: bornAt + 80_000, why: expect.any(String) },
  ]

  it('looks for what a duplicate made, in a search of its own, and aborts it', () => {
    const step = new TestStep()
    step.give(duplicate)
    expect(step.give({ type: 'cancel' }, bornAt)).toEqual(search({ SessionId: 'a'.repeat(40) }))
    expect(step.give({ type: 'found', tasks: [task], missing: [] })).toEqual([abort(procedureId)])
  })

  it('leaves the task of another caller of its idempotencyKey to that caller', () => {
    const keyed = { ...send, input: { ...send.input, idempotencyKey: 'order-7' } } as typeof send
    for (const [given, left] of [
      [send, []],
      [keyed, [procedureId]],
    ] as const) {
      const step = new TestStep({ origin: { kind: 'submit', send: given } })
      step.give(duplicate)
      step.give({ type: 'cancel' }, bornAt)
      const found = step.give({ type: 'found', tasks: [{ ...task, elsewhere: true }], missing: [] })
      expect(found).toMatchObject(
        left.length === 0
          ? [abort(procedureId)]
          : [{ do: 'finishCanceled', canceled: { left, stopped: [] } }],
      )
    }
  })

  it('says that a task may exist when not all that was asked for is found', () => {
    const step = new TestStep()
    step.give(duplicate)
    step.give({ type: 'cancel' }, bornAt)
    step.give({ type: 'found', tasks: [task], missing: ['ReviewAudioVideo'] })
    step.give(answered(procedureId, true))
    expect(step.give({ type: 'gone', TaskId: procedureId })).toMatchObject([
      { do: 'finishCanceled', canceled: { left: [procedureId], submitUnanswered: true } },
    ])
  })

  const error = new Error('VOD said no')

  it.each<[string, boolean, StepEvent]>([
    ['a submit that was never sent, or always refused', false, { type: 'unanswered', sent: false }],
    ['a submit that got no answer', true, { type: 'unanswered', sent: true }],
    ['a submit that VOD refused for good', false, { type: 'refused', sent: false, error }],
    [
      'a submit that VOD refused for good after one without an answer',
      true,
      { type: 'refused', sent: true, error },
    ],
  ])('of %s it searches what was made: %s', (_, searches, failed) => {
    const step = new TestStep()
    step.give({ type: 'cancel' }, bornAt)
    const effects = step.give(failed, bornAt)
    if (searches) expect(effects).toEqual(search().slice(0, 1))
    else
      expect(effects).toEqual([
        {
          do: 'finishCanceled',
          canceled: { stopped: [], ended: [], left: [], submitUnanswered: false },
        },
      ])
  })

  it('ignores a refusal of its submit once it waits for its tasks', () => {
    const step = new TestStep()
    step.give(accepted(procedureId), bornAt)
    const before = step.state
    expect(step.give({ type: 'refused', sent: false, error })).toEqual([])
    expect(step.state).toBe(before)
  })

  it('fails with what VOD refused for good, when nobody has canceled it', () => {
    const step = new TestStep()
    expect(step.give({ type: 'refused', sent: false, error })).toEqual([{ do: 'fail', error }])
    expect(progressOf(step.state)).not.toHaveProperty('outcome')
    expect(step.state.phase).toBe('settled')
  })

  it('aborts the task flows too that a task has started meanwhile', () => {
    const step = waiting(procedureId)
    step.give({ type: 'cancel' })
    step.give(answered(procedureId, false))
    const started = [{ TaskId: reviewId, TaskType: 'ReviewAudioVideo' }]
    expect(step.give(seen(reading(procedureId, { started })))).toEqual([abort(reviewId)])
    step.give(answered(reviewId, true))
    expect(step.give({ type: 'gone', TaskId: reviewId })).toMatchObject([
      { do: 'finishCanceled', canceled: { left: [reviewId], ended: [procedureId] } },
    ])
  })

  it('shows what was stopped, and no outcome', () => {
    const step = waiting(procedureId)
    step.give({ type: 'cancel' })
    step.give(answered(procedureId, true))
    step.give(seen(reading(procedureId, { Status: 'ABORTED', parts: [] })))
    const progress = progressOf(step.state)
    expect(progress.canceled).toMatchObject({ stopped: [procedureId] })
    expect(progress.outcome).toBeUndefined()
  })

  it('says that a task may exist when the submit does not answer in time', () => {
    const step = new TestStep()
    step.give({ type: 'cancel' }, bornAt)
    expect(step.give({ type: 'woke' }, bornAt + 80_000)).toMatchObject([
      { do: 'finishCanceled', canceled: { submitUnanswered: true } },
    ])
  })

  it('ends within two minutes, whatever VOD answers', () => {
    const second = 1_000
    const step = waiting(procedureId)
    expect(step.give({ type: 'cancel' }, bornAt)).toEqual([
      { do: 'abort', TaskId: procedureId, limitMs: 20 * second },
    ])
    expect(step.give(answered(procedureId, false), bornAt + 110 * second)).toMatchObject([
      { do: 'read', TaskId: procedureId, limitMs: 10 * second },
    ])
    const started = [{ TaskId: reviewId, TaskType: 'ReviewAudioVideo' }]
    expect(step.give(seen(reading(procedureId, { started })), bornAt + 115 * second)).toEqual([
      { do: 'abort', TaskId: reviewId, limitMs: 5 * second },
    ])
    expect(step.give(answered(reviewId, true), bornAt + 120 * second)).toMatchObject([
      { do: 'finishCanceled', canceled: { left: [reviewId], ended: [procedureId] } },
    ])
  })

  it('has no time for an abort if its tasks are known too late', () => {
    const step = new TestStep()
    step.give({ type: 'cancel' }, bornAt)
    expect(step.give(accepted(procedureId, reviewId), bornAt + 120_000)).toMatchObject([
      { do: 'finishCanceled', canceled: { left: [procedureId, reviewId] } },
    ])
  })
})
