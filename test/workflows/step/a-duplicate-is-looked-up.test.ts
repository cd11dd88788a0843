import { describe, expect, it } from 'vitest'
import type { Send, StepEvent } from '../../../src/workflows/step/state.js'
import {
  accepted,
  askMedia,
  bornAt,
  duplicate,
  hint,
  hour,
  part,
  procedureId,
  SessionId,
  seen,
  send,
  TestStep,
} from '../../support/step.js'

const stuck: StepEvent = { type: 'unanswered', sent: true, foreign: { SessionId, message: 'stuck' } }

describe('a step whose submit got no answer', () => {
  it('sends the same again, and says that an earlier send may have been accepted', () => {
    const step = new TestStep()
    expect(step.give({ type: 'unanswered', sent: true })).toEqual([{ do: 'submit', send, sent: bornAt }])
    expect(step.give(accepted(procedureId), bornAt)).toMatchObject([{ do: 'wake' }])
  })

  it.each([1, 2, 3, 4])('sends the same again after %i failures that say nothing about VOD', (times) => {
    const step = new TestStep()
    for (let n = 1; n < times; n++) step.give(stuck, bornAt)
    expect(step.give(stuck, bornAt)).toEqual([{ do: 'submit', send, sent: bornAt }])
  })

  it('looks for what was made, and sends no more, after the fifth of them', () => {
    const step = new TestStep()
    for (let n = 1; n < 5; n++) step.give(stuck, bornAt)
    expect(step.give(stuck, bornAt)).toEqual([{ do: 'search', send, SessionId }])
    expect(step.give({ type: 'found', tasks: [], missing: ['Procedure'] })).toEqual(askMedia)
    expect(step.give({ type: 'mediaRead', outputs: [] })).toMatchObject([
      {
        do: 'finish',
        outcome: {
          status: 'unknown',
          reason: expect.stringContaining(
            'Procedure may have been made before the submit failed 5 times (stuck) but is not in any listing',
          ),
        },
      },
    ])
  })

  it('sends nothing more once it is detached', () => {
    const step = new TestStep()
    step.give({ type: 'detach' }, bornAt)
    expect(step.give({ type: 'unanswered', sent: true })).toMatchObject([
      { do: 'finish', outcome: { status: 'detached' } },
    ])
  })
})

describe('a step whose submit was a duplicate', () => {
  const task = { TaskId: procedureId, TaskType: 'Procedure', createdAt: bornAt - hour }

  it('searches the tasks, then waits for them from the time VOD made them', () => {
    const step = new TestStep()
    expect(step.give(duplicate)).toEqual([{ do: 'search', send, SessionId: 'a'.repeat(40) }])
    expect(step.give({ type: 'found', tasks: [task], missing: [] })).toMatchObject([
      { do: 'wake', at: bornAt + 5 * hour },
    ])
    step.give({ type: 'hint', hint: hint(procedureId) })
    expect(step.give(seen())).toMatchObject([
      { do: 'finish', outcome: { status: 'succeeded', attempts: [{ recovered: true }] } },
    ])
  })

  it('is unknown, never failed, when nothing is found', () => {
    const step = new TestStep()
    step.give(duplicate)
    expect(step.give({ type: 'found', tasks: [], missing: ['Procedure'] })).toEqual(askMedia)
    expect(step.give({ type: 'mediaRead', outputs: [part('succeeded')] })).toMatchObject([
      {
        do: 'finish',
        outcome: {
          status: 'unknown',
          reason: expect.stringContaining('The media file has 1 output'),
          mediaOutputs: [{ Type: 'Transcode' }],
        },
      },
    ])
  })

  it('of which VOD only says now that it refuses it, tells so when nothing is found', () => {
    const step = new TestStep()
    const refusal = 'InvalidParameterValue.ProcedureName'
    step.give({ type: 'submitted', submitted: { kind: 'doubtful', SessionId: 'a'.repeat(40), refusal } })
    step.give({ type: 'found', tasks: [], missing: ['Procedure'] })
    const [finish] = step.give({ type: 'mediaRead', outputs: [] })
    expect(finish).toMatchObject({
      do: 'finish',
      outcome: {
        status: 'unknown',
        reason: expect.stringContaining(refusal),
        attempts: [{ recovered: false }],
      },
    })
  })

  it.each([
    [
      'that VOD refuses now is waited for where only an event can name it',
      { refusal: 'InvalidParameter' },
      'wake',
    ],
    [
      'whose event has come is proved by it, however old it is',
      { refusal: 'DedupExpired', expired: true },
      'wake',
    ],
    ['that is too old for an event is not', { refusal: 'DedupExpired', expired: true }, 'finish'],
  ] as const)('%s', (name, doubt, next) => {
    const split: Send = { action: 'SplitMedia', input: { request: { FileId: '528', Segments: [] } } }
    const step = new TestStep({ origin: { kind: 'submit', send: split } })
    step.give({ type: 'submitted', submitted: { kind: 'doubtful', SessionId, ...doubt } })
    if (name.startsWith('whose event')) step.give({ type: 'hint', hint: hint('split') })
    const effects = step.give({ type: 'found', tasks: [], missing: ['SplitMedia'] })
    expect(effects.map((effect) => effect.do)).toContain(next === 'finish' ? 'readMedia' : 'wake')
    expect(effects.some((effect) => effect.do === 'read')).toBe(name.startsWith('whose event'))
  })

  const refused = { message: 'InvalidParameterValue.ProcedureName', type: 'permanent', details: [] }
  const keyed: StepEvent = {
    type: 'submitted',
    submitted: { kind: 'doubtful', SessionId, refusal: refused.message, believedUnlessFound: refused },
  }

  it('that only another workflow can have sent is refused when no task of it is found', () => {
    const step = new TestStep()
    step.give(keyed)
    expect(step.give({ type: 'found', tasks: [], missing: ['Procedure'] })).toEqual([
      { do: 'refuse', refused },
    ])
  })

  it('and is unknown when the search itself failed', () => {
    const step = new TestStep()
    step.give(keyed)
    expect(step.give({ type: 'found', tasks: [], missing: ['Procedure'], failed: true })).toEqual(askMedia)
    expect(step.give({ type: 'mediaRead', outputs: [] })).toMatchObject([
      {
        do: 'finish',
        outcome: { status: 'unknown', reason: expect.stringContaining('the search for it failed') },
      },
    ])
  })

  it('and is waited for when there is one', () => {
    const step = new TestStep()
    step.give(keyed)
    expect(step.give({ type: 'found', tasks: [task], missing: [] })).toMatchObject([{ do: 'wake' }])
  })

  it('whose events go to another run is read until it ends', () => {
    const step = new TestStep()
    step.give(duplicate)
    const found = step.give({ type: 'found', tasks: [{ ...task, elsewhere: true }], missing: [] })
    expect(found).toMatchObject([{ do: 'read', TaskId: procedureId, cause: 'poll' }, { do: 'wake' }])
  })

  it('is unknown when the review task is missed, however well the procedure went', () => {
    const step = new TestStep()
    step.give(duplicate)
    step.give({ type: 'found', tasks: [task], missing: ['ReviewAudioVideo'] })
    step.give({ type: 'hint', hint: hint(procedureId) })
    expect(step.give(seen())).toEqual(askMedia)
    expect(step.give({ type: 'mediaRead', outputs: [] })).toMatchObject([
      { do: 'finish', outcome: { status: 'unknown', TaskId: procedureId } },
    ])
  })

  it('asks for the media only where it knows one', () => {
    const step = new TestStep({ FileId: '' })
    const refusal = 'ResourceNotFound'
    step.give({ type: 'submitted', submitted: { kind: 'doubtful', SessionId: 'a'.repeat(40), refusal } })
    expect(step.give({ type: 'found', tasks: [], missing: ['Procedure'] })).toMatchObject([
      { do: 'finish', outcome: { status: 'unknown' } },
    ])
  })
})
