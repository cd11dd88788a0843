import { ApplicationFailure } from '@temporalio/workflow'

/** What cannot be meant: nothing is retried, and the message says what to do. */
export function refuse(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, 'InvalidInput')
}
