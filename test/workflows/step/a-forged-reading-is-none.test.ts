import { describe, expect, it } from 'vitest'
import { isParts, isReadResult, isSubmitted, isTasks } from '../../../src/workflows/step/results.js'
import { part, reading } from '../../support/step.js'

const verdict = { of: 'Media', Suggestion: 'block', Label: 'Porn', Form: 'Image', segments: [] }
const whole = reading('task', { parts: [part('succeeded')] })
const result = (more: object) => ({ kind: 'seen', reading: { ...whole, ...more } })

/** What the code of an outcome would throw at: an error in a workflow task is retried for ever. */
const forged: readonly object[] = [
  { parts: [{ ...part('succeeded'), status: 'won' }] },
  { parts: [{ ...part('succeeded'), status: 'constructor' }] },
  { parts: [{ ...part('succeeded'), urls: null }] },
  { parts: [{ ...part('succeeded'), Message: 7 }] },
  { parts: [{ ...part('succeeded'), Output: null }] },
  { parts: [{ ...part('succeeded'), ErrCodeExt: { toString: 1 } }] },
  { parts: [{ ...part('succeeded'), Definition: '1' }] },
  { parts: [{ ...part('succeeded'), Input: [] }] },
  { parts: [null] },
  { verdicts: null },
  { verdicts: [{ ...verdict, Suggestion: null }] },
  { verdicts: [{ ...verdict, segments: 'x' }] },
  { newFileIds: [7] },
  { counts: { succeeded: '1' } },
  { CreateTime: 7 },
  { percent: 'x' },
  { started: Array.from({ length: 1_001 }, (_, n) => ({ TaskId: `${n}`, TaskType: 'Procedure' })) },
  { TaskId: 'another' },
]

describe('a reading', () => {
  it('of an activity is read', () => {
    expect(isReadResult(result({}), 'task')).toBe(true)
    expect(isReadResult(result({ verdicts: [verdict], newFileIds: ['1'], percent: 7 }), 'task')).toBe(true)
    expect(isReadResult({ kind: 'gone' }, 'task')).toBe(true)
  })

  it.each(forged)('with %j is none', (more) => {
    expect(isReadResult(result(more), 'task')).toBe(false)
  })
})

it.each([1e300, Number.NaN, -1, '1'])('a task made at %j, and a send at that time, are none', (at) => {
  expect(isTasks([{ TaskId: 'x', TaskType: 'Procedure', createdAt: at }])).toBe(false)
  expect(isSubmitted({ kind: 'duplicate', SessionId: 's', sentSince: at }, 's')).toBe(false)
  expect(isSubmitted({ kind: 'duplicate', SessionId: 's', sentSince: 1 }, 's')).toBe(true)
})

it.each([null, [null], [{ status: 'succeeded' }], 'x'])('outputs %j are none', (outputs) => {
  expect(isParts(outputs)).toBe(false)
})

it('an accepted submit without a task needs a note that its answer is incomplete', () => {
  const accepted = { kind: 'accepted', SessionId: 's', tasks: [], requestId: 'r' }
  expect(isSubmitted(accepted, 's')).toBe(false)
  expect(isSubmitted({ ...accepted, incomplete: 'no' }, 's')).toBe(false)
  expect(isSubmitted({ ...accepted, incomplete: true }, 's')).toBe(true)
  const tasks = [{ TaskId: 'x', TaskType: 'Procedure', createdAt: 1 }]
  expect(isSubmitted({ ...accepted, tasks }, 's')).toBe(true)
})

it('a doubtful submit needs a failure that can be thrown', () => {
  const doubtful = { kind: 'doubtful', SessionId: 's', refusal: 'no' }
  expect(isSubmitted({ ...doubtful, believedUnlessFound: { details: [] } }, 's')).toBe(false)
  const failure = { message: 'no', type: 'permanent', details: [] }
  expect(isSubmitted({ ...doubtful, believedUnlessFound: failure }, 's')).toBe(true)
})
