import { CompleteAsyncError } from '@temporalio/activity'
import { ensureApplicationFailure, TemporalFailure } from '@temporalio/common'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { repairError } from '../contract/wellFormed.js'

/** What an activity throws, in well-formed text: Temporal's core takes no other from a worker, and the worker ends. */
export const repairFailures: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      try {
        return await next(input)
      } catch (error) {
        repairError(error)
        throw isSayable(error) ? error : repaired(error)
      }
    },
  },
})

/** What is thrown may be no error, or frozen, or have the name of its class from anywhere. */
function isSayable(error: unknown): boolean {
  if (error instanceof TemporalFailure || error instanceof CompleteAsyncError) return true
  const { message, type = '', stack = '' } = ensureApplicationFailure(error)
  return [message, type ?? '', stack].every((text) => text.isWellFormed())
}

function repaired(error: unknown): Error {
  const failure = ensureApplicationFailure(error)
  repairError(failure)
  return failure
}
