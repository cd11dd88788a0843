import { ApplicationFailure } from '@temporalio/workflow'

/** Temporal does not retry it. The message says what to do. */
export function refuse(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidInput')
}
