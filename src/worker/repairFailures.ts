import { ensureApplicationFailure, TemporalFailure } from '@temporalio/common'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { CompleteAsyncError } from '../activities/sdk.js'
import { isSayable, repairError } from '../contract/wellFormed.js'

/** Bounds the text of errors that activities throw, and makes it well-formed Unicode: see `contract/wellFormed.ts`. */
export const repairFailures: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      try {
        return await next(input)
      } catch (error) {
        repairError(error)
        throw isRepaired(error) ? error : repaired(error)
      }
    },
  },
})

/** The thrown value may be frozen or not an error, so that it cannot be repaired. */
function isRepaired(error: unknown): boolean {
  if (error instanceof TemporalFailure || error instanceof CompleteAsyncError) return true
  const { message, type = '', stack = '' } = ensureApplicationFailure(error)
  return (type ?? '').isWellFormed() && isSayable(message, stack)
}

function repaired(error: unknown): Error {
  const failure = ensureApplicationFailure(error)
  repairError(failure)
  return failure
}
