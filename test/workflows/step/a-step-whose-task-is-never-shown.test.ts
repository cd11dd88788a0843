import { expect, it } from 'vitest'
import { maxClaims, type StepEvent } from '../../../src/workflows/step/state.js'
import {
  accepted,
  bornAt,
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

/* The answer to the submit named an id that VOD does not know, or the id of another task. */

const wrong = '1500000001-procedurev2-wrong'
const gone: StepEvent = { type: 'gone', TaskId: wrong }
const ofOther = seen(reading(wrong, { SessionId: 'b'.repeat(40) }))

it.each([
  ['an event', 'push', gone],
  ['the sweep', 'sweep', gone],
  ['an event', 'push', ofOther],
] as const)('takes the task that %s (%s) names, once its own has been read in vain', (_, via, answer) => {
  const step = waiting(wrong)
  expect(step.give({ type: 'hint', hint: hint(procedureId, { via }) })).toEqual([read(wrong, 'hint')])
  expect(step.give(answer)).toContainEqual(read(procedureId, 'hint'))
  expect(step.give(seen())).toMatchObject([
    {
      do: 'finish',
      outcome: { status: 'succeeded', TaskId: procedureId, attempts: [{ TaskIds: [procedureId] }] },
    },
  ])
})

it('takes it at a look, too, and goes on waiting if it has not ended', () => {
  const step = waiting(wrong)
  step.give({ type: 'hint', hint: hint(procedureId, { terminal: false }) })
  step.give({ type: 'woke' }, bornAt + 6 * hour)
  expect(step.give(gone)).toEqual([read(procedureId, 'hint')])
  expect(step.give(seen(reading(procedureId, { Status: 'PROCESSING', parts: [] })))).toEqual([])
  expect(step.state.tasks).toMatchObject([{ TaskId: procedureId, stage: 'open', TaskType: 'Procedure' }])
})

it.each([
  ['of another submission', { SessionId: 'another' }],
  ['that VOD shows no SessionId of', { SessionId: undefined }],
  ['of another type', { TaskType: 'ReviewAudioVideo' }],
])('does not take a task %s', (_, given) => {
  const step = waiting(wrong)
  step.give({ type: 'hint', hint: hint(procedureId) })
  step.give(gone)
  expect(step.give(seen(reading(procedureId, given)))).toEqual([])
  expect(step.state.tasks).toMatchObject([{ TaskId: wrong, stage: 'open' }])
})

it('takes no task in place of one that was shown', () => {
  const step = waiting(procedureId, reviewId)
  step.give({ type: 'hint', hint: hint(procedureId) })
  step.give(seen(reading(procedureId, { Status: 'PROCESSING', parts: [] })))
  step.give({ type: 'hint', hint: hint('forged') })
  step.give({ type: 'gone', TaskId: procedureId })
  expect(step.give({ type: 'gone', TaskId: reviewId })).toEqual([read('forged', 'hint')])
  expect(step.give(seen(reading('forged')))).toEqual([])
  expect(step.state.tasks.map(({ TaskId }) => TaskId)).toEqual([procedureId, reviewId])
})

it('reads a bounded number of tasks that forged hints name', () => {
  const step = waiting(wrong)
  const reads: string[] = []
  const give = (event: StepEvent) => {
    const open = [...step.give(event)]
    for (let effect = open.shift(); effect; effect = open.shift()) {
      if (effect.do !== 'read') continue
      reads.push(effect.TaskId)
      open.push(...step.give({ type: 'gone', TaskId: effect.TaskId }))
    }
  }
  for (let number = 0; number < 3 * maxClaims; number++)
    give({ type: 'hint', hint: hint(`forged-${number}`) })
  const claims = reads.filter((TaskId) => TaskId !== wrong)
  expect(new Set(claims).size).toBe(claims.length)
  expect(claims.length).toBeLessThanOrEqual(maxClaims)
  expect(reads.length).toBeLessThanOrEqual(2 * maxClaims)
})

it('where no event can come, the answer is unknown as before', () => {
  const step = new TestStep({ callbacks: false })
  step.give(accepted(wrong), bornAt)
  step.give(gone)
  expect(step.give({ type: 'mediaRead', outputs: [] })).toMatchObject([
    { do: 'finish', outcome: { status: 'unknown' } },
  ])
})
