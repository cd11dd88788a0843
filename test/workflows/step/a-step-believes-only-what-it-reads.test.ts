import { describe, expect, it } from 'vitest'
import { maxKeptHints } from '../../../src/workflows/run/keptHints.js'
import { progressOf } from '../../../src/workflows/step/progressOf.js'
import { maxUnconfirmed, type StepEvent } from '../../../src/workflows/step/state.js'
import {
  accepted,
  bornAt,
  duplicate,
  hint,
  hour,
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

/** What an answer names. */
interface Answer {
  readonly namesNone?: true
  readonly SessionId?: undefined
}

describe('a step', () => {
  it('submits, sleeps until its first look, reads at a hint and ends with what the read shows', () => {
    const step = new TestStep()
    expect(step.effects).toEqual([{ do: 'submit', send }])
    expect(step.give(accepted(procedureId), bornAt)).toEqual([
      { do: 'wake', at: bornAt + 6 * hour, why: 'look 1 of 5' },
    ])
    expect(step.give({ type: 'hint', hint: hint(procedureId) })).toEqual([read(procedureId, 'hint')])
    const [finish] = step.give(seen())
    expect(finish).toMatchObject({
      do: 'finish',
      outcome: { status: 'succeeded', TaskId: procedureId },
    })
    expect(finish).not.toHaveProperty('outcome.ReviewAudioVideoTaskId')
  })

  it.each<[string, StepEvent, string]>([
    ['shows no such task', { type: 'gone', TaskId: procedureId }, 'is not shown by VOD'],
    [
      'answers about another task',
      seen(reading(procedureId, { SessionId: 'b'.repeat(40) })),
      'has a detail with another SessionId',
    ],
    [
      'names no task',
      { ...seen(reading(procedureId, { SessionId: undefined })), namesNone: true },
      'has only answers that do not name it',
    ],
  ])('says why it waits on after a read: VOD %s', (_, answer, problem) => {
    const step = waiting(procedureId)
    const taskNow = () => progressOf(step.state).tasks[0]
    step.give({ type: 'hint', hint: hint(procedureId) })
    step.give(answer)
    expect(taskNow()).toEqual({
      TaskId: procedureId,
      TaskType: 'Procedure',
      Status: 'WAITING',
      percent: 0,
      problem,
    })
    step.give({ type: 'hint', hint: hint(procedureId) })
    step.give(seen(reading(procedureId, { Status: 'PROCESSING' })))
    expect(taskNow()).not.toHaveProperty('problem')
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

  it.each([
    ['neither the task nor the work', { namesNone: true, SessionId: undefined }, false],
    ['not the task, but the work', { namesNone: true }, true],
    ['the task, but not the work', { SessionId: undefined }, true],
  ] as const)('believes an answer that names %s: %o', (_, { namesNone, ...named }: Answer, believed) => {
    const step = waiting(procedureId)
    step.give({ type: 'hint', hint: hint(procedureId) })
    const effects = step.give({ ...seen(reading(procedureId, named)), ...(namesNone ? { namesNone } : {}) })
    expect(effects.some((effect) => effect.do === 'finish')).toBe(believed)
  })

  it('names what noticed its end only if the last hint does', () => {
    const step = waiting(procedureId, reviewId)
    step.give({ type: 'hint', hint: hint(procedureId, { via: 'pull' }) })
    step.give(seen())
    expect(step.state.endedBy).toBe('pull')
    step.give({ type: 'hint', hint: hint(reviewId) })
    const [finish] = step.give(seen(reading(reviewId)))
    expect(finish).toMatchObject({ do: 'finish', outcome: { status: 'succeeded' } })
    expect(finish).not.toHaveProperty('outcome.endedBy')
  })

  it('keeps hints that come before the TaskIds are known, at most so many, and reads once they are', () => {
    const step = new TestStep()
    step.give(duplicate, bornAt)
    expect(step.give({ type: 'hint', hint: hint(procedureId) })).toEqual([])
    for (let n = 0; n < maxKeptHints + 50; n++)
      expect(step.give({ type: 'hint', hint: hint(`foreign-${n}`) })).toEqual([])
    expect(step.state.kept).toHaveLength(maxKeptHints)
    const listed = { TaskId: procedureId, TaskType: 'Procedure', createdAt: bornAt }
    const found = step.give({ type: 'found', tasks: [listed], missing: [] }, bornAt)
    expect(found).toContainEqual(read(procedureId, 'hint'))
  })

  it('reads once for a hint that comes three times', () => {
    const step = waiting(procedureId)
    expect(step.give({ type: 'hint', hint: hint(procedureId) })).toHaveLength(1)
    expect(step.give({ type: 'hint', hint: hint(procedureId) })).toEqual([])
    expect(step.give({ type: 'hint', hint: hint(procedureId) })).toEqual([])
  })

  it.each([
    `Procedure-${procedureId}`,
    procedureId.toUpperCase(),
    procedureId.replace(/^[0-9]+-/, ''),
    'somebody-elses',
  ])('reads its own task when an event spells the TaskId as %s', (spelled) => {
    const step = waiting(procedureId)
    expect(step.give({ type: 'hint', hint: hint(spelled) })).toEqual([read(procedureId, 'hint')])
    expect(step.give(seen())).toMatchObject([{ do: 'finish', outcome: { TaskId: procedureId } }])
  })

  it('reads no more for foreign TaskIds than for hints that come to nothing', () => {
    const step = waiting(procedureId)
    let reads = 0
    for (let number = 0; number < 50; number++) {
      const effects = step.give({ type: 'hint', hint: hint(`foreign-${number}`) })
      reads += effects.filter((effect) => effect.do === 'read').length
      step.give(seen(reading(procedureId, { Status: 'PROCESSING', parts: [] })))
    }
    expect(reads).toBe(maxUnconfirmed)
  })

  it('does not read for the progress of a foreign TaskId', () => {
    const step = waiting(procedureId)
    expect(step.give({ type: 'hint', hint: hint('foreign', { terminal: false }) })).toEqual([])
  })

  it('ignores anything after its end', () => {
    const step = waiting(procedureId)
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
    expect(step.give(seen(reading(procedureId, { SessionId: undefined })))).toMatchObject([{ do: 'finish' }])
  })

  it('shows the percentage of a Change event without reading', () => {
    const step = waiting(procedureId)
    expect(step.give({ type: 'hint', hint: hint(procedureId, { terminal: false, percent: 40 }) })).toEqual([])
    expect(step.state.tasks[0]).toMatchObject({ percent: 40, Status: 'PROCESSING' })
  })

  it('reads for no hint after five that a read did not confirm, until the next look, but plans one look for them', () => {
    const step = waiting(procedureId)
    const unfinished = seen(reading(procedureId, { Status: 'PROCESSING', parts: [] }))
    for (let n = 0; n < maxUnconfirmed; n++) {
      expect(step.give({ type: 'hint', hint: hint(procedureId) })).toEqual([read(procedureId, 'hint')])
      step.give(unfinished)
    }
    const planned = step.give({ type: 'hint', hint: hint(procedureId) })
    expect(planned).toMatchObject([{ do: 'wake', why: 'too many events to read a task for each' }])
    expect(step.give({ type: 'woke' }, step.state.nextWake)).toMatchObject([
      read(procedureId, 'look'),
      { do: 'wake', at: bornAt + 6 * hour },
    ])
    step.give(unfinished)
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

  it('reads again for a hint that came while the read for another was under way', () => {
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
      { do: 'wake', at: bornAt + 48 * hour, why: 'look 4 of 5' },
    ])
  })

  it('polls where no event can come', () => {
    const step = new TestStep({ callbacks: false })
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
