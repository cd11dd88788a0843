import { expect, it } from 'vitest'
import { WorkflowTaskFailingError } from '../../src/client/errors.js'
import { byProblem } from '../../src/client/stuckRuns.js'

const failing = (workflowId: string, problem: string) =>
  new WorkflowTaskFailingError(workflowId, { problem, attempt: 6, queue: 'mine', type: 'film' })

it('event ids and other numbers make no group of their own', () => {
  const groups = byProblem([
    failing('a', 'Nondeterminism error: no command for HistoryEvent(id: 5, ActivityTaskScheduled)'),
    failing('b', 'Nondeterminism error: no command for HistoryEvent(id: 17, ActivityTaskScheduled)'),
    failing('c', 'ReferenceError: film is not defined'),
  ])
  expect(groups).toMatchObject([
    { count: 2, workflowId: 'a', what: expect.stringContaining('id: 5') },
    { count: 1, workflowId: 'c' },
  ])
})
