import { describe, expect, it } from 'vitest'
import { itemEndedOf } from '../../src/contract/itemEnded.js'
import type { Outcome, OutcomeStatus, StepAttempt } from '../../src/contract/outcome.js'

const attemptOf = (status: OutcomeStatus, more: Partial<StepAttempt>): StepAttempt => ({
  attempt: 1,
  SessionId: 's',
  recovered: false,
  action: 'ProcessMediaByProcedure',
  TaskIds: ['t'],
  status,
  reason: '',
  ...more,
})

function kept(status: OutcomeStatus, more: Partial<StepAttempt>) {
  const attempts = [attemptOf(status, more)]
  const outcome = { status, reason: 'so', newFileIds: [], tasks: [], attempts } as unknown as Outcome
  return itemEndedOf('f', outcome)
}

describe('a submission of an unknown outcome', () => {
  it('counts its tasks, which the answer named', () => {
    expect(kept('unknown', {})).toEqual({ FileId: 'f', status: 'unknown', reason: 'so', tasks: 1 })
  })

  it.each([
    ['was lost', { recovered: true }],
    ['did not name every task', { incomplete: true as const }],
    ['named none', { TaskIds: [] }],
  ])('whose answer %s may have made all of them', (_, more) => {
    for (const status of ['unknown', 'detached'] as const)
      expect(kept(status, more)).toMatchObject({ tasks: 0, unsure: 1 })
    expect(kept('succeeded', more)).not.toHaveProperty('unsure')
  })
})
