import type { AbortInput, AbortResult } from '../contract/activities.js'
import { VodError } from '../contract/errors.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'
import { activityInfo } from './sdk.js'

/** Asks VOD to abort a task. VOD aborts only a WAITING task. Its answer for any other task is UNVERIFIED. */
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

/** `FailedOperation` is the likely answer for a task that has started. The next read shows whether it was aborted. */
function isRefusal(error: unknown): error is VodError {
  return (
    error instanceof VodError && (error.class === 'permanent' || error.vodCode.startsWith('FailedOperation'))
  )
}
