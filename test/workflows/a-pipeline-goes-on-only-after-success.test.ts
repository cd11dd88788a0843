import { ApplicationFailure } from '@temporalio/workflow'
import { expect, it } from 'vitest'
import type { Outcome, OutcomeStatus } from '../../src/contract/outcome.js'
import { requireSuccess } from '../../src/workflows/step/requireSuccess.js'

const FileId = '5285485487985271487'
const outcome = (status: OutcomeStatus) =>
  ({ status, reason: 'Because.', FileId, attempts: [{ action: 'PullUpload' }] }) as unknown as Outcome

it('an outcome that succeeded is returned as it is', () => {
  const succeeded = outcome('succeeded')
  expect(requireSuccess(succeeded)).toBe(succeeded)
})

it.each(['partial', 'failed', 'aborted', 'unknown', 'detached'] as const)(
  '%s fails the workflow',
  (status) => {
    const failure = (() => {
      try {
        return requireSuccess(outcome(status))
      } catch (error) {
        return error
      }
    })()
    expect(failure).toBeInstanceOf(ApplicationFailure)
    expect(failure).toMatchObject({
      nonRetryable: true,
      type: 'NotSucceeded',
      message: `PullUpload of ${FileId} ended ${status}: Because.`,
      details: [outcome(status)],
    })
  },
)
