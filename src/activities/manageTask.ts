import type { AbortInput, AbortResult } from '../contract/activities.js'
import { VodError } from '../contract/errors.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'
import { activityInfo } from './sdk.js'

/** Asks VOD to abort a task. It does so only while the task is WAITING; its answer for a later one is UNVERIFIED. */
export function manageTask({ clientFor }: ActivityContext) {
  return async ({ account, SubAppId, TaskId }: AbortInput): Promise<AbortResult> => {
    const { attempt } = activityInfo()
    try {
      const client = await clientFor(account)
      const request = {
        TaskId,
        OperationType: 'Abort' as const,
        SubAppId,
      }
      const { RequestId } = await client.call('ManageTask', request)
      return { aborted: true, requestId: RequestId }
    } catch (error) {
      if (isRefusal(error)) return { aborted: false, requestId: error.requestId }
      throw toFailure(error, { attempt })
    }
  }
}

/** `FailedOperation` is the likely answer for a task that has begun; the read that follows tells. */
function isRefusal(error: unknown): error is VodError {
  return (
    error instanceof VodError && (error.class === 'permanent' || error.code.startsWith('FailedOperation'))
  )
}
