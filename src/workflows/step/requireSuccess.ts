import { ApplicationFailure } from '@temporalio/workflow'
import type { Outcome } from '../../contract/outcome.js'

/**
 * Returns the outcome of a step that succeeded, and fails the workflow otherwise, so that a pipeline never publishes media that were
 * not made: `const { FileId } = requireSuccess(await pullUpload({ request }))`. The moderation verdict is not part of `status`: ask
 * `reviewGate` before you publish.
 *
 * @throws ApplicationFailure, not retryable, of type `NotSucceeded` for every status but `succeeded`. Its message names action, media,
 *   status and reason; its detail is the outcome.
 */
export function requireSuccess(outcome: Outcome): Outcome {
  const { status, reason, FileId, attempts } = outcome
  if (status === 'succeeded') return outcome
  const what = [attempts.at(-1)?.action, FileId].filter(Boolean).join(' of ')
  throw ApplicationFailure.nonRetryable(
    `${what || 'The step'} ended ${status}: ${reason}`,
    'NotSucceeded',
    outcome,
  )
}
