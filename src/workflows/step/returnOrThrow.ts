import { ApplicationFailure } from '@temporalio/workflow'
import { mediaFailureOf } from '../../contract/mediaFailure.js'
import type { Outcome } from '../../contract/outcome.js'
import type { StepInput } from '../../contract/stepInput.js'
import { keepOutcome } from '../run/inbox.js'

/** The options that decide which outcomes a caller accepts. */
type AcceptedEnds = Pick<StepInput, 'onPartial' | 'onFailure'>

/**
 * Returns an outcome that the caller of a step accepts, and throws any other, so that a pipeline never continues with media that were not
 * made.
 *
 * @throws ApplicationFailure, not retryable, with one type for each status and the outcome as its detail.
 */
export function returnOrThrow(outcome: Outcome, { onPartial, onFailure }: AcceptedEnds): Outcome {
  const isAccepted = onFailure === 'return' || (onPartial === 'accept' && outcome.status === 'partial')
  const failure = isAccepted ? undefined : mediaFailureOf(outcome)
  if (!failure) return outcome
  if (failure.outcome.truncated) keepOutcome(outcome)
  throw ApplicationFailure.nonRetryable(failure.message, failure.type, failure.outcome)
}
