import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isTerminal } from '../../../src/contract/outcome.js'
import type { TaskState } from '../../../src/workflows/step/state.js'
import { anyJourney, type Taken, travel } from '../../support/anyOrder.js'
import { manyRuns } from '../../support/manyRuns.js'

it('whatever comes in whatever order, a task has one read and a step something to wait for', () => {
  fc.assert(
    fc.property(anyJourney, (journey) => {
      for (const taken of travel(journey)) check(taken)
    }),
    { numRuns: manyRuns(500) },
  )
})

function check({ state: { phase, tasks }, open }: Taken): void {
  if (phase !== 'settled') expect(open.length).toBeGreaterThan(0)
  if (phase === 'waiting') expect(open.filter((call) => call.do === 'wake')).toHaveLength(1)
  for (const task of tasks) {
    const reads = open.filter((call) => call.do === 'read' && call.TaskId === task.TaskId)
    if (phase === 'waiting' || phase === 'canceling') expect(reads).toHaveLength(task.underWay ? 1 : 0)
    expect(isSound(task)).toBe(true)
  }
}

/** What the types say, of what is there: spreading one task into another could keep what they hide. */
function isSound(task: TaskState): boolean {
  const { stage, underWay, reading } = task
  const isRead = stage === 'reading' || stage === 'claimed'
  const isEnd = reading !== undefined && isTerminal(reading.Status)
  return (
    isRead === (underWay !== undefined) &&
    isEnd === (stage === 'over') &&
    'lost' in task === (stage === 'lost')
  )
}
