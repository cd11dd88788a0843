import { describe, expect, it } from 'vitest'
import type { TaskHint } from '../../../src/contract/hint.js'
import { type KeptHint, keepHint, markTried } from '../../../src/workflows/run/keptHints.js'
import { hint } from '../../support/step.js'

const limit = 3

function kept(...hints: readonly TaskHint[]): readonly KeptHint[] {
  return hints.reduce<readonly KeptHint[]>((before, each) => keepHint(before, each, limit), [])
}

function namesIn(hints: readonly KeptHint[]): readonly string[] {
  return hints.map(({ hint: { SessionId, TaskId } }) => `${SessionId.slice(0, 5)}/${TaskId}`)
}

describe('at the limit of early hints', () => {
  const full = kept(hint('true'), hint('forged-1'), hint('forged-2', { SessionId: 'other' }))

  it('a further one replaces none', () => {
    expect(namesIn(keepHint(full, hint('forged-3'), limit))).toEqual([
      'aaaaa/true',
      'aaaaa/forged-1',
      'other/forged-2',
    ])
  })

  it('one of the sweep replaces the oldest that is not of the sweep', () => {
    const swept = keepHint(full, hint('swept', { via: 'sweep' }), limit)
    expect(namesIn(swept)).toEqual(['aaaaa/forged-1', 'other/forged-2', 'aaaaa/swept'])
    const all = kept(...['one', 'two', 'three'].map((TaskId) => hint(TaskId, { via: 'sweep' })))
    expect(keepHint(all, hint('four', { via: 'sweep' }), limit)).toBe(all)
  })

  it('one whose read proved nothing makes place first', () => {
    const tried = markTried(full, hint('forged-1'))
    expect(namesIn(keepHint(tried, hint('new'), limit))).toEqual([
      'aaaaa/true',
      'other/forged-2',
      'aaaaa/new',
    ])
  })

  it('the later one for the same task of the same submission takes the place of the earlier one', () => {
    const progress = kept(hint('true', { terminal: false }), hint('b'), hint('c'))
    const ended = keepHint(progress, hint('true'), limit)
    expect(ended.map(({ hint: { terminal } }) => terminal)).toEqual([true, true, true])
    const others = keepHint(progress, hint('true', { SessionId: 'other' }), limit)
    expect(others).toBe(progress)
  })
})
