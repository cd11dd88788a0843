import { ApplicationFailure } from '@temporalio/common'
import type { VodActivities } from '../../src/contract/activities.js'
import { rateClasses } from '../../src/contract/queues.js'

/** Every activity, and each fails for good: what a test does not expect must not pass. */
export function unasked(): VodActivities {
  const refuse = async () => Promise.reject(ApplicationFailure.nonRetryable('nobody asks for it here'))
  return Object.fromEntries(
    Object.keys(rateClasses).map((name) => [name, refuse]),
  ) as unknown as VodActivities
}
