import { describe, expect, it } from 'vitest'
import { progressOf } from '../../../src/workflows/step/progressOf.js'
import {
  maxEarlyHints,
  maxUnconfirmed,
  type Send,
  type StepEvent,
} from '../../../src/workflows/step/state.js'
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
  send,
  TestStep,
} from '../../support/step.js'

const read = (TaskId: string, cause: string) => ({ do: 'read', TaskId, cause })
const seen = (given = reading(procedureId)) =>
  ({ type: 'seen', TaskId: given.TaskId, reading: given }) as const

function waiting(...TaskIds: string[]): TestStep {
  const step = new TestStep()
  step.give(accepted(...TaskIds), bornAt)
  return step
}

describe('a step', () => {
  it('submits, sleeps until its first look, reads at a hint and ends with what the read shows', () => {
    const step = new TestStep()
    expect(step.effects).toEqual([{ do: 'submit', send }])
    expect(step.give(accepted(procedureId), bornAt)).toEqual([
      { do: 'wake', at: bornAt + 6 * hour, why: 'look 1 of 5, if no event comes' },
    ])
    expect(step.give({ type: 'hint', hint: hint(procedureId) })).toEqual([read(procedureId, 'hint')])
    const [finish] = step.give(seen())
    expect(finish).toMatchObject({
      do: 'finish',
      outcome: { status: 'succeeded', TaskId: procedureId, ReviewAudioVideoTaskId: '' },
    })
  })

  it('joins the procedure and the review task, whichever ends first', () => {
    for (const [first, second] of [
      [procedureId, reviewId],
      [reviewId, procedureId],
    ] as const) {
      const step = waiting(procedureId, reviewId)
      step.give({ type: 'hint', hint: hint(first) })
      expect(step.give(seen(reading(first)))).toEqual([])
      step.give({ type: 'hint', hint: hint(second) })
      expect(step.give(seen(reading(second)))).toMatchObject([
        {
          do: 'finish',
          outcome: { status: 'succeeded', TaskId: procedureId, ReviewAudioVideoTaskId: reviewId },
        },
      ])
    }
  })

  it('keeps hints that come before the TaskIds are known, at most 100, and reads once they are', () => {
    const step = new TestStep()
    for (let n = 0; n < 150; n++) expect(step.give({ type: 'hint', hint: hint(`foreign-${n}`) })).toEqual([])
    expect(step.state.early).toHaveLength(maxEarlyHints)

    const early = new TestStep()
    early.give({ type: 'hint', hint: hint(procedureId) })
    expect(early.give(accepted(procedureId), bornAt)).toContainEqual(read(procedureId, 'hint'))
  })

  it('reads once for a hint that comes three times', () => {
    const step = waiting(procedureId)
    expect(step.give({ type: 'hint', hint: hint(procedureId) })).toHaveLength(1)
    expect(step.give({ type: 'hint', hint: hint(procedureId) })).toEqual([])
    expect(step.give({ type: 'hint', hint: hint(procedureId) })).toEqual([])
  })

  it('ignores a foreign TaskId, and anything after its end', () => {
    const step = waiting(procedureId)
    expect(step.give({ type: 'hint', hint: hint('somebody-elses') })).toEqual([])
    step.give({ type: 'hint', hint: hint(procedureId) })
    step.give(seen())
    const { state } = step
    expect(step.give({ type: 'hint', hint: hint(procedureId) })).toEqual([])
    expect(step.give(seen(reading(procedureId, { parts: [part('failed')] })))).toEqual([])
    expect(step.give({ type: 'woke' }, bornAt + 6 * hour)).toEqual([])
    expect(step.state).toBe(state)
  })

  it('does not believe a detail of another SessionId, but takes one that has none', () => {
    const step = waiting(procedureId)
    step.give({ type: 'hint', hint: hint(procedureId) })
    expect(step.give(seen(reading(procedureId, { SessionId: 'b'.repeat(40) })))).toEqual([])
    expect(step.state.phase).toBe('waiting')
    step.give({ type: 'hint', hint: hint(procedureId) })
    expect(step.give(seen(reading(procedureId, { SessionId: '' })))).toMatchObject([{ do: 'finish' }])
  })

  it('shows the percentage of a Change event without reading', () => {
    const step = waiting(procedureId)
    expect(step.give({ type: 'hint', hint: hint(procedureId, { terminal: false, percent: 40 }) })).toEqual([])
    expect(step.state.tasks[0]).toMatchObject({ percent: 40, Status: 'PROCESSING' })
  })

  it('stops to believe hints after five that a read did not confirm, until the next look', () => {
    const step = waiting(procedureId)
    const unfinished = seen(reading(procedureId, { Status: 'PROCESSING', parts: [] }))
    for (let n = 0; n < maxUnconfirmed; n++) {
      expect(step.give({ type: 'hint', hint: hint(procedureId) })).toEqual([read(procedureId, 'hint')])
      step.give(unfinished)
    }
    expect(step.give({ type: 'hint', hint: hint(procedureId) })).toEqual([])
    expect(step.give({ type: 'woke' }, bornAt + 6 * hour)).toMatchObject([
      read(procedureId, 'look'),
      { do: 'wake' },
    ])
    step.give(unfinished)
    expect(step.give({ type: 'hint', hint: hint(procedureId) })).toEqual([read(procedureId, 'hint')])
  })

  it('reads again for a hint that came while a look was under way', () => {
    const step = waiting(procedureId)
    step.give({ type: 'woke' }, bornAt + 6 * hour)
    expect(step.give({ type: 'hint', hint: hint(procedureId) })).toEqual([])
    expect(step.give(seen(reading(procedureId, { Status: 'PROCESSING', parts: [] })))).toEqual([
      read(procedureId, 'hint'),
    ])
  })

  it('looks at 6, 12, 24, 48 and 70 hours, is overdue at 72, and ends unknown after 7 days', () => {
    const step = waiting(procedureId)
    const wakes: number[] = []
    const marked: number[] = []
    for (let at = bornAt; step.state.phase === 'waiting'; ) {
      const wake = step.effects.find((effect) => effect.do === 'wake')
      at = wake?.at ?? 0
      wakes.push((at - bornAt) / hour)
      for (const effect of step.give({ type: 'woke' }, at))
        if (effect.do === 'markOverdue') marked.push(effect.since)
      if (step.state.tasks[0]?.underWay) {
        const { effects } = step
        step.give({ type: 'gone', TaskId: procedureId }, at)
        step.effects = effects
      }
      expect(step.state.overdueSince === undefined).toBe(at < bornAt + 72 * hour)
    }
    expect(wakes).toEqual([6, 12, 24, 48, 70, 72, 168])
    expect(marked).toEqual([bornAt + 72 * hour])
    expect(step.effects).toEqual([{ do: 'readMedia', FileId: '528' }])
    expect(step.give({ type: 'mediaRead', outputs: [] })).toMatchObject([
      { do: 'finish', outcome: { status: 'unknown', TaskId: procedureId } },
    ])
  })

  it('moves its looks by jitter, but never past the last moment at which VOD shows the task', () => {
    for (const jitter of [-1, 1]) {
      const step = new TestStep({ jitter })
      const hours: number[] = []
      step.give(accepted(procedureId), bornAt)
      for (let n = 0; n < 5; n++) {
        const wake = step.effects.find((effect) => effect.do === 'wake')
        hours.push(((wake?.at ?? 0) - bornAt) / hour)
        step.give({ type: 'woke' }, wake?.at)
      }
      const moved = [6, 12, 24, 48].map((look) => expect.closeTo(look * (1 + 0.1 * jitter)))
      expect(hours).toEqual([...moved, jitter > 0 ? expect.closeTo(71.28) : expect.closeTo(63)])
    }
  })

  it.each([-1, -6 * hour])(
    'looks when its timer has fired, also by a clock that is %s ms behind',
    (behind) => {
      const step = waiting(procedureId)
      const woken = step.give({ type: 'woke' }, bornAt + 6 * hour + behind)
      const next = { do: 'wake', at: bornAt + 12 * hour, why: expect.any(String) }
      expect(woken).toEqual([read(procedureId, 'look'), next])
    },
  )

  it('reads once more for a hint that came while the read for another was under way', () => {
    const step = waiting(procedureId)
    step.give({ type: 'hint', hint: hint(procedureId) })
    expect(step.give({ type: 'hint', hint: hint(procedureId) })).toEqual([])
    const unfinished = seen(reading(procedureId, { Status: 'PROCESSING', parts: [] }))
    expect(step.give(unfinished)).toEqual([read(procedureId, 'hint')])
    expect(step.give(unfinished)).toEqual([])
  })

  it('makes up for an outage over several looks with one', () => {
    const step = waiting(procedureId)
    expect(step.give({ type: 'woke' }, bornAt + 30 * hour)).toEqual([
      read(procedureId, 'look'),
      { do: 'wake', at: bornAt + 48 * hour, why: 'look 4 of 5, if no event comes' },
    ])
  })

  it('polls where no event can come', () => {
    const step = new TestStep({ events: false })
    expect(step.give(accepted(procedureId, reviewId), bornAt)).toMatchObject([
      read(procedureId, 'poll'),
      read(reviewId, 'poll'),
      { do: 'wake', at: bornAt + 72 * hour },
    ])
    step.give(seen())
    expect(step.give(seen(reading(reviewId)))).toMatchObject([
      { do: 'finish', outcome: { status: 'succeeded' } },
    ])
  })

  it('ends failed when the template makes no task', () => {
    const step = new TestStep()
    expect(step.give(accepted())).toMatchObject([{ do: 'finish', outcome: { status: 'failed', tasks: [] } }])
  })
})

const duplicate = {
  type: 'submitted',
  submitted: { kind: 'duplicate', SessionId: 'a'.repeat(40) },
} as const
const askMedia = [{ do: 'readMedia', FileId: '528' }]

describe('a step whose submit got no answer', () => {
  it('sends the same again, and says that an earlier send may have been accepted', () => {
    const step = new TestStep()
    expect(step.give({ type: 'unanswered', sent: true })).toEqual([{ do: 'submit', send, sent: bornAt }])
    expect(step.give(accepted(procedureId), bornAt)).toMatchObject([{ do: 'wake' }])
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

describe('a step whose media is in a storage path, after a duplicate', () => {
  const claimed = '1500000001-procedurev2-claimed'
  const seeking = () => {
    const step = new TestStep({ FileId: '' })
    step.give(duplicate, bornAt)
    step.give({ type: 'found', tasks: [], missing: ['Procedure'] }, bornAt)
    return step
  }

  it('waits for an event that names its task, and believes its detail', () => {
    const step = seeking()
    expect(step.state.phase).toBe('waiting')
    expect(step.give({ type: 'hint', hint: hint(claimed) })).toEqual([read(claimed, 'hint')])
    expect(step.give(seen(reading(claimed)))).toMatchObject([
      { do: 'finish', outcome: { status: 'succeeded', TaskId: claimed } },
    ])
  })

  it.each([
    ['of another submission', { SessionId: 'another' }],
    ['that VOD shows no SessionId of', { SessionId: '' }],
    ['of a type that is not sought', { TaskType: 'ReviewAudioVideo' }],
  ])('does not take a task %s', (_, given) => {
    const step = seeking()
    step.give({ type: 'hint', hint: hint(claimed) })
    expect(step.give(seen(reading(claimed, given)))).toEqual([])
    expect(step.state.tasks).toMatchObject([{ TaskId: '', standing: 'sought' }])
  })

  it('reads at most five claims between two looks', () => {
    const step = seeking()
    for (let number = 0; number < maxUnconfirmed; number++) {
      const TaskId = `${claimed}-${number}`
      expect(step.give({ type: 'hint', hint: hint(TaskId) })).toHaveLength(1)
      step.give({ type: 'gone', TaskId })
    }
    expect(step.give({ type: 'hint', hint: hint(claimed) })).toEqual([])
  })

  it('ends when its task has, also while another claim is open', () => {
    const step = seeking()
    step.give({ type: 'hint', hint: hint('bogus') })
    step.give({ type: 'hint', hint: hint(claimed) })
    expect(step.give(seen(reading(claimed)))).toEqual([])
    expect(step.give({ type: 'gone', TaskId: 'bogus' })).toMatchObject([
      { do: 'finish', outcome: { status: 'succeeded', TaskId: claimed } },
    ])
  })

  it('has no more than five claims open at once', () => {
    const step = seeking()
    const reads = Array.from({ length: 20 }, (_, number) =>
      step.give({ type: 'hint', hint: hint(`bogus-${number}`) }),
    )
    expect(reads.flat()).toHaveLength(maxUnconfirmed)
  })

  it('is not given up by a look that falls into a claim', () => {
    const step = seeking()
    step.give({ type: 'hint', hint: hint(claimed) })
    step.give({ type: 'woke' }, bornAt + 6 * hour)
    expect(step.state.phase).toBe('waiting')
  })

  it('does not seek what nothing would ever name', () => {
    const step = new TestStep({ FileId: '' })
    step.give(duplicate, bornAt)
    expect(step.give({ type: 'found', tasks: [], missing: ['ImportMediaKnowledge'] }, bornAt)).toMatchObject([
      { do: 'finish', outcome: { status: 'unknown' } },
    ])
  })

  it('aborts no task that is only claimed, and says that one may exist', () => {
    const step = seeking()
    step.give({ type: 'hint', hint: hint(claimed) })
    expect(step.give({ type: 'cancel' })).toMatchObject([
      { do: 'finishCancelled', cancelled: { stopped: [], left: [], submitUnanswered: true } },
    ])
  })

  it('ends unknown after 7 days when nothing names it', () => {
    const step = seeking()
    for (let at = bornAt; step.state.phase === 'waiting'; ) {
      at = step.effects.find((effect) => effect.do === 'wake')?.at ?? 0
      expect(step.give({ type: 'woke' }, at).some((effect) => effect.do === 'read')).toBe(false)
    }
    expect(step.effects).toMatchObject([{ do: 'finish', outcome: { status: 'unknown' } }])
  })
})

describe('a step that adopts a task', () => {
  const adopted = () => new TestStep({ origin: { kind: 'adopt', TaskId: procedureId }, events: false })

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
          attempts: [{ action: 'adopted', TaskIds: [procedureId] }],
        },
      },
    ])
  })

  it('is unknown when VOD shows no such task', () => {
    const step = new TestStep({ origin: { kind: 'adopt', TaskId: 'x' }, events: false, FileId: '' })
    expect(step.give({ type: 'gone', TaskId: 'x' })).toMatchObject([
      { do: 'finish', outcome: { status: 'unknown' } },
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
    expect(step.give({ type: 'detach' }, bornAt)).toMatchObject([{ do: 'wake', at: bornAt + 60_000 }])
    expect(step.give(accepted(procedureId))).toMatchObject([
      { do: 'finish', outcome: { status: 'detached', TaskId: procedureId } },
    ])
  })

  it('does not await it for ever', () => {
    const step = new TestStep()
    step.give({ type: 'detach' }, bornAt)
    expect(step.give({ type: 'woke' }, bornAt + 60_000)).toMatchObject([
      { do: 'finish', outcome: { status: 'detached', TaskId: '' } },
    ])
  })

  it('searches nothing when the submit was a duplicate', () => {
    const step = new TestStep()
    step.give({ type: 'detach' }, bornAt)
    expect(step.give(duplicate)).toMatchObject([{ do: 'finish', outcome: { status: 'detached' } }])
  })
})

describe('a cancelled step', () => {
  const answered = (TaskId: string, aborted: boolean) => ({ type: 'abortAnswered', TaskId, aborted }) as const

  it('asks VOD to abort, reads again, and says what stopped and what goes on', () => {
    const step = waiting(procedureId, reviewId)
    expect(step.give({ type: 'cancel' })).toEqual([
      { do: 'abort', TaskId: procedureId },
      { do: 'abort', TaskId: reviewId },
    ])
    expect(step.give(answered(procedureId, false))).toEqual([read(procedureId, 'cancel')])
    expect(step.give(answered(reviewId, true))).toEqual([read(reviewId, 'cancel')])
    step.give(seen(reading(procedureId, { Status: 'PROCESSING' })))
    const lagging = seen(reading(reviewId, { Status: 'WAITING' }))
    expect(step.give(lagging)).toEqual([
      {
        do: 'finishCancelled',
        cancelled: { stopped: [reviewId], ended: [], left: [procedureId], submitUnanswered: false },
      },
    ])
  })

  it('does not touch a task that has ended', () => {
    const step = waiting(procedureId, reviewId)
    step.give({ type: 'hint', hint: hint(reviewId) })
    step.give(seen(reading(reviewId)))
    expect(step.give({ type: 'cancel' })).toEqual([{ do: 'abort', TaskId: procedureId }])
  })

  it('waits for a submit in flight and cancels what it made', () => {
    const step = new TestStep()
    expect(step.give({ type: 'cancel' }, bornAt)).toMatchObject([{ do: 'wake', at: bornAt + 60_000 }])
    expect(step.give(accepted(procedureId))).toEqual([{ do: 'abort', TaskId: procedureId }])
    expect(step.give({ type: 'woke' }, bornAt + 60_000)).toEqual([])
    step.give(answered(procedureId, true))
    expect(step.give({ type: 'gone', TaskId: procedureId })).toMatchObject([
      { do: 'finishCancelled', cancelled: { stopped: [procedureId], submitUnanswered: false } },
    ])
  })

  const task = { TaskId: procedureId, TaskType: 'Procedure', createdAt: bornAt }
  const search = (known: { readonly SessionId?: string } = {}) => [
    { do: 'search', send, ...known },
    { do: 'wake', at: bornAt + 60_000, why: expect.any(String) },
  ]

  it('looks for what a duplicate made, in a search of its own, and aborts it', () => {
    const step = new TestStep()
    step.give(duplicate)
    expect(step.give({ type: 'cancel' }, bornAt)).toEqual(search({ SessionId: 'a'.repeat(40) }))
    expect(step.give({ type: 'found', tasks: [task], missing: [] })).toEqual([
      { do: 'abort', TaskId: procedureId },
    ])
  })

  it('says that a task may exist when not all that was asked for is found', () => {
    const step = new TestStep()
    step.give(duplicate)
    step.give({ type: 'cancel' }, bornAt)
    step.give({ type: 'found', tasks: [task], missing: ['ReviewAudioVideo'] })
    step.give(answered(procedureId, true))
    expect(step.give({ type: 'gone', TaskId: procedureId })).toMatchObject([
      { do: 'finishCancelled', cancelled: { stopped: [procedureId], submitUnanswered: true } },
    ])
  })

  it.each([
    ['a submit that was never sent, or always refused', false],
    ['a submit that got no answer', true],
  ])('of %s it searches what was made: %s', (_, sent) => {
    const step = new TestStep()
    step.give({ type: 'cancel' }, bornAt)
    const effects = step.give({ type: 'unanswered', sent }, bornAt)
    if (sent) expect(effects).toEqual(search())
    else
      expect(effects).toEqual([
        {
          do: 'finishCancelled',
          cancelled: { stopped: [], ended: [], left: [], submitUnanswered: false },
        },
      ])
  })

  it('aborts the task flows too that a task has started meanwhile', () => {
    const step = waiting(procedureId)
    step.give({ type: 'cancel' })
    step.give(answered(procedureId, false))
    const started = [{ TaskId: reviewId, TaskType: 'ReviewAudioVideo' }]
    expect(step.give(seen(reading(procedureId, { started })))).toEqual([{ do: 'abort', TaskId: reviewId }])
    step.give(answered(reviewId, true))
    expect(step.give({ type: 'gone', TaskId: reviewId })).toMatchObject([
      { do: 'finishCancelled', cancelled: { stopped: [reviewId], ended: [procedureId] } },
    ])
  })

  it('shows what was stopped, and no outcome', () => {
    const step = waiting(procedureId)
    step.give({ type: 'cancel' })
    step.give(answered(procedureId, true))
    step.give(seen(reading(procedureId, { Status: 'ABORTED', parts: [] })))
    const progress = progressOf(step.state)
    expect(progress.cancelled).toMatchObject({ stopped: [procedureId] })
    expect(progress.outcome).toBeUndefined()
  })

  it('says that a task may exist when the submit does not answer in time', () => {
    const step = new TestStep()
    step.give({ type: 'cancel' }, bornAt)
    expect(step.give({ type: 'woke' }, bornAt + 60_000)).toMatchObject([
      { do: 'finishCancelled', cancelled: { submitUnanswered: true } },
    ])
  })
})
