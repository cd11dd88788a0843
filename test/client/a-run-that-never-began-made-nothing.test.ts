import Long from 'long'
import { expect, it } from 'vitest'
import { beginningIn, neverBegan } from '../../src/temporal/beginning.js'

const started = (continuedExecutionRunId = '') => ({
  workflowExecutionStartedEventAttributes: { continuedExecutionRunId },
})
const canceled = { workflowExecutionCancelRequestedEventAttributes: {} }
const signaled = { workflowExecutionSignaledEventAttributes: {} }
const completed = { eventId: Long.fromNumber(4), workflowTaskCompletedEventAttributes: {} }
const reset = { eventId: Long.fromNumber(4), workflowTaskFailedEventAttributes: {} }

it.each([
  ['no worker took it', [started(), signaled], true],
  ['it was canceled before its first task', [started(), canceled, completed], true],
  ['it was canceled after its first task', [started(), completed, canceled], false],
  ['it was canceled after a reset to its start', [started(), reset, canceled, completed], false],
  ['it retries an execution that may have made tasks', [started('an earlier one'), canceled], false],
])('%s', (_, events, expected) => {
  expect(neverBegan(beginningIn(events))).toBe(expected)
})

it('is read over the pages of a history', () => {
  const first = beginningIn([started('an earlier one'), canceled])
  expect(beginningIn([signaled, completed], first)).toEqual({
    firstTaskEnd: completed.eventId,
    canceled: true,
    follows: true,
  })
})
