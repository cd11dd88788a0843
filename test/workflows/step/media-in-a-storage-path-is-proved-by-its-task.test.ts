import { describe, expect, it } from 'vitest'
import { checkAnswer } from '../../../src/client/answers.js'
import { progressQuery } from '../../../src/contract/progress.js'
import { maxKeptHints } from '../../../src/workflows/run/keptHints.js'
import { progressOf } from '../../../src/workflows/step/progressOf.js'
import { maxClaims } from '../../../src/workflows/step/state.js'
import { bornAt, duplicate, hint, hour, read, reading, reviewId, seen, TestStep } from '../../support/step.js'

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

  it('shows that its id is not known, and the client takes that', () => {
    const progress = progressOf(seeking().state)
    expect(progress.tasks).toEqual([{ TaskType: 'Procedure', Status: 'WAITING', percent: 0 }])
    expect(() => checkAnswer('mine', progressQuery, progress)).not.toThrow()
  })

  it.each([
    ['of another submission', { SessionId: 'another' }],
    ['that VOD shows no SessionId of', { SessionId: undefined }],
    ['of a type that is not sought', { TaskType: 'ReviewAudioVideo' }],
  ])('does not take a task %s', (_, given) => {
    const step = seeking()
    step.give({ type: 'hint', hint: hint(claimed) })
    expect(step.give(seen(reading(claimed, given)))).toEqual([])
    expect(step.state.tasks).toMatchObject([{ TaskId: undefined, stage: 'sought' }])
  })

  it('reads a bounded number of claims between two looks', () => {
    const step = seeking()
    for (let number = 0; number < maxClaims; number++) {
      const TaskId = `${claimed}-${number}`
      expect(step.give({ type: 'hint', hint: hint(TaskId) })).toHaveLength(1)
      step.give({ type: 'gone', TaskId })
    }
    expect(step.give({ type: 'hint', hint: hint(claimed) })).toEqual([])
  })

  it.each([0, 1, 5, maxClaims, maxClaims + 30, maxKeptHints + maxClaims - 1])(
    'believes a true hint that comes after %d forged ones, at the next looks',
    (forged) => {
      const step = seeking()
      const answer = () => {
        for (const effect of step.effects)
          if (effect.do === 'read' && effect.TaskId !== claimed)
            step.give({ type: 'gone', TaskId: effect.TaskId })
      }
      const isRead = () => step.state.tasks.some(({ TaskId }) => TaskId === claimed)
      for (let number = 0; number < forged; number++) {
        step.give({ type: 'hint', hint: hint(`bogus-${number}`) })
        answer()
      }
      step.give({ type: 'hint', hint: hint(claimed) })
      for (let looks = 0; looks < 11 && !isRead(); looks++) {
        step.give({ type: 'woke' }, step.state.nextWake)
        answer()
      }
      expect(isRead()).toBe(true)
      for (const { TaskId, underWay } of step.state.tasks)
        if (underWay && TaskId !== claimed) step.give({ type: 'gone', TaskId })
      expect(step.give(seen(reading(claimed)))).toMatchObject([
        { do: 'finish', outcome: { status: 'succeeded', TaskId: claimed } },
      ])
    },
  )

  it('reads a claim again at the next look: VOD may show its task late', () => {
    const step = seeking()
    step.give({ type: 'hint', hint: hint(claimed) })
    step.give({ type: 'gone', TaskId: claimed })
    expect(step.give({ type: 'woke' }, step.state.nextWake)).toContainEqual(read(claimed, 'hint'))
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

  it('has a bounded number of claims open at once', () => {
    const step = seeking()
    const reads = Array.from({ length: 2 * maxClaims }, (_, number) =>
      step.give({ type: 'hint', hint: hint(`bogus-${number}`) }),
    )
    expect(reads.flat()).toHaveLength(maxClaims)
  })

  it('is not given up by a look that falls into a claim', () => {
    const step = seeking()
    step.give({ type: 'hint', hint: hint(claimed) })
    step.give({ type: 'woke' }, bornAt + 6 * hour)
    expect(step.state.phase).toBe('waiting')
  })

  it('claims nothing any more once VOD no longer shows what is that old', () => {
    const step = new TestStep({ FileId: '' })
    const review = { TaskId: reviewId, TaskType: 'ReviewAudioVideo', createdAt: bornAt }
    step.give(duplicate, bornAt)
    step.give({ type: 'found', tasks: [review], missing: ['Procedure'] }, bornAt)
    while (step.state.overdueSince === undefined) step.give({ type: 'woke' }, step.state.nextWake)
    expect(step.state.tasks).toMatchObject([{ stage: 'reading' }, { stage: 'lost', TaskId: undefined }])
    expect(step.give({ type: 'hint', hint: hint(claimed) }, step.state.overdueSince)).toEqual([])
  })

  it('is unknown when the first look after an outage comes too late for what was sought', () => {
    const step = new TestStep({ FileId: '' })
    const review = { TaskId: reviewId, TaskType: 'ReviewAudioVideo', createdAt: bornAt }
    step.give(duplicate, bornAt)
    step.give({ type: 'found', tasks: [review], missing: ['Procedure'] }, bornAt)
    step.give({ type: 'hint', hint: hint(reviewId) })
    step.give(seen(reading(reviewId)))
    step.give({ type: 'woke' }, bornAt + 8 * 24 * hour)
    step.give({ type: 'mediaRead', outputs: [] })
    expect(step.effects).toMatchObject([{ do: 'finish', outcome: { status: 'unknown' } }])
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
      { do: 'finishCanceled', canceled: { stopped: [], left: [], submitUnanswered: true } },
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
