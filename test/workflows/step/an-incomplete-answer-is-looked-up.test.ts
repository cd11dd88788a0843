import { describe, expect, it } from 'vitest'
import type { StepEvent } from '../../../src/workflows/step/state.js'
import {
  abort,
  accepted,
  askMedia,
  bornAt,
  hint,
  part,
  procedureId,
  read,
  reading,
  reviewId,
  SessionId,
  seen,
  send,
  TestStep,
} from '../../support/step.js'

const review = { TaskId: reviewId, TaskType: 'ReviewAudioVideo', createdAt: bornAt }
const procedure = { TaskId: procedureId, TaskType: 'Procedure', createdAt: bornAt }
const incomplete: StepEvent = {
  type: 'submitted',
  submitted: { kind: 'accepted', SessionId, tasks: [review], incomplete: true },
}
const reviewed = seen(reading(reviewId, { parts: [part('succeeded', { Type: 'ReviewAudioVideo' })] }))

/** A step that searches what the answer may lack. */
function searching() {
  const step = new TestStep()
  expect(step.give(incomplete, bornAt)).toMatchObject([{ do: 'search', send, SessionId, named: [review] }])
  return step
}

describe('a submit whose answer names not every kind of task', () => {
  it('is waited for with what else is found, and is no earlier send', () => {
    const step = searching()
    step.give({ type: 'hint', hint: hint(reviewId) })
    const found = step.give({ type: 'found', tasks: [procedure], missing: [] })
    expect(found).toContainEqual(read(reviewId, 'hint'))
    step.give(reviewed)
    step.give({ type: 'hint', hint: hint(procedureId) })
    expect(step.give(seen())).toMatchObject([
      {
        do: 'finish',
        outcome: {
          status: 'succeeded',
          TaskId: procedureId,
          ReviewAudioVideoTaskId: reviewId,
          attempts: [{ recovered: false, TaskIds: [reviewId, procedureId] }],
        },
      },
    ])
  })

  it('is what it names, where nothing else was asked for', () => {
    const step = searching()
    expect(step.give({ type: 'found', tasks: [], missing: [] })).toMatchObject([{ do: 'wake' }])
    step.give({ type: 'hint', hint: hint(reviewId) })
    const [end] = step.give(reviewed)
    expect(end).toMatchObject({
      do: 'finish',
      outcome: { status: 'succeeded', ReviewAudioVideoTaskId: reviewId },
    })
    expect(end).not.toHaveProperty('outcome.TaskId')
  })

  it.each([
    ['is in no listing', {}, 'is not in any listing'],
    ['could not be searched', { failed: true as const }, 'the search for it failed'],
  ])('is unknown where what was asked for besides %s', (_, failed, why) => {
    const step = searching()
    step.give({ type: 'found', tasks: [], missing: ['Procedure', 'ReviewAudioVideo'], ...failed })
    step.give({ type: 'hint', hint: hint(reviewId) })
    expect(step.give(reviewed)).toEqual(askMedia)
    const reason = expect.stringContaining(
      `Procedure may have been made, though VOD's answer does not name it, but ${why}`,
    )
    expect(step.give({ type: 'mediaRead', outputs: [] })).toMatchObject([
      { do: 'finish', outcome: { status: 'unknown', reason, ReviewAudioVideoTaskId: reviewId } },
    ])
  })

  it('leaves to VOD what it names when it is detached', () => {
    const step = searching()
    expect(step.give({ type: 'detach' })).toMatchObject([
      { do: 'finish', outcome: { status: 'detached', ReviewAudioVideoTaskId: reviewId } },
    ])
  })

  it('leaves to VOD what it names when it comes after the detach', () => {
    const step = new TestStep()
    step.give({ type: 'detach' }, bornAt)
    const outcome = { status: 'detached', ReviewAudioVideoTaskId: reviewId, attempts: [{ incomplete: true }] }
    expect(step.give(incomplete)).toMatchObject([{ do: 'finish', outcome }])
  })

  it('aborts what it names when it is canceled, whether or not the rest is found', () => {
    const found = searching()
    expect(found.give({ type: 'cancel' })).toMatchObject([{ do: 'search' }, { do: 'wake' }])
    expect(found.give({ type: 'found', tasks: [procedure], missing: [] })).toEqual([
      abort(reviewId),
      abort(procedureId),
    ])
    const late = searching()
    late.give({ type: 'cancel' })
    expect(late.give({ type: 'woke' })).toEqual([abort(reviewId)])
    late.give({ type: 'abortAnswered', TaskId: reviewId, aborted: false })
    expect(late.give({ type: 'gone', TaskId: reviewId })).toMatchObject([
      { do: 'finishCanceled', canceled: { left: [reviewId], submitUnanswered: true } },
    ])
  })

  it('is searched too when it comes after the cancel', () => {
    const step = new TestStep()
    step.give({ type: 'cancel' }, bornAt)
    expect(step.give(incomplete)).toMatchObject([{ do: 'search', SessionId, named: [review] }])
    expect(step.give({ type: 'found', tasks: [procedure], missing: [] })).toEqual([
      abort(reviewId),
      abort(procedureId),
    ])
  })
})

describe('a submit whose answer names no task', () => {
  const nameless = () => {
    const step = new TestStep()
    const submitted = { kind: 'accepted', SessionId, tasks: [], incomplete: true } as const
    expect(step.give({ type: 'submitted', submitted }, bornAt)).toMatchObject([{ do: 'search', named: [] }])
    return step
  }

  it('is waited for with what is found, and is no earlier send', () => {
    const step = nameless()
    step.give({ type: 'found', tasks: [procedure], missing: [] })
    step.give({ type: 'hint', hint: hint(procedureId) })
    const outcome = { status: 'succeeded', TaskId: procedureId, attempts: [{ recovered: false }] }
    expect(step.give(seen())).toMatchObject([{ do: 'finish', outcome }])
  })

  it('is unknown where nothing is found', () => {
    const step = nameless()
    expect(step.give({ type: 'found', tasks: [], missing: ['Procedure'] })).toEqual(askMedia)
    const reason = expect.stringContaining("though VOD's answer does not name it")
    expect(step.give({ type: 'mediaRead', outputs: [] })).toMatchObject([
      { do: 'finish', outcome: { status: 'unknown', reason, attempts: [{ recovered: false }] } },
    ])
  })

  it('may have made a task when it is detached or canceled before the search ends', () => {
    const reason = expect.stringContaining('VOD may have created and billed a task')
    expect(nameless().give({ type: 'detach' })).toMatchObject([
      { do: 'finish', outcome: { status: 'detached', reason } },
    ])
    const canceled = nameless()
    canceled.give({ type: 'cancel' })
    expect(canceled.give({ type: 'woke' })).toMatchObject([
      { do: 'finishCanceled', canceled: { submitUnanswered: true } },
    ])
  })
})

it('a complete answer is searched for nothing', () => {
  const step = new TestStep()
  expect(step.give(accepted(procedureId), bornAt)).toMatchObject([{ do: 'wake' }])
})
