import { CompleteAsyncError } from '@temporalio/activity'
import { ensureApplicationFailure, TemporalFailure } from '@temporalio/common'
import type { ActivityInterceptorsFactory } from '@temporalio/worker'
import { repairError } from '../contract/wellFormed.js'

/** Makes the text of errors that activities throw well-formed Unicode. Temporal's core accepts no other text, and the worker would end. */
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

/** Returns true if all texts are well-formed. The thrown value may be frozen or not an error, so it may be impossible to repair. */
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
