import { setTimeout as sleep } from 'node:timers/promises'
import { isGrpcServiceError, ServiceError } from '@temporalio/client'
import { TemporalUnreachableError } from '../../src/client/index.js'

/** Temporal is away now and then: an app asks again. */
export async function untilReached<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isAway(error)) throw error
      await sleep(500)
    }
  }
}

function isAway(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error
  return error instanceof TemporalUnreachableError || isGrpcServiceError(cause)
}
