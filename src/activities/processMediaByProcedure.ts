import { activityInfo, heartbeat } from '@temporalio/activity'
import { asyncActions } from '../vod/actions.js'
import { VodError } from '../vod/errors.js'
import { parseRunInput } from '../vod/runInput.js'
import { sessionIdFor } from '../vod/sessionId.js'
import { sealSessionContext } from '../vod/token.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'
import type { StepTask, Submission, Submitted } from './types.js'

/** Heartbeat of an attempt that VOD is known to have refused without doing anything. */
interface Refused {
  /** Number of the last attempt of an unbroken row of refusals. */
  readonly refusedThrough: number
}

/**
 * Submits, with a `SessionId` under which VOD makes at most one task, however often this runs.
 *
 * A permanent error proves that nothing was made only while no earlier send can have been accepted. After a
 * timeout, a crash or a reset it proves nothing: then the answer is `doubtful`, and the listing decides. So it is
 * when an earlier send may be older than VOD's window of deduplication: another one might be paid for again.
 */
export function processMediaByProcedure({ clientFor, macKeys }: ActivityContext) {
  return async (submission: Submission): Promise<Submitted> => {
    const { attempt, heartbeatDetails, scheduledTimestampMs } = activityInfo()
    const refused = heartbeatDetails as Refused | undefined
    const onlySend = submission.first && (attempt === 1 || refused?.refusedThrough === attempt - 1)
    const SessionId = sessionIdFor(submission)
    const sentAt = Date.now()
    const sentSince = submission.first ? scheduledTimestampMs : submission.sentSince
    if (!onlySend && sentAt - sentSince > dedupSafeMs) {
      const refusal =
        'DedupExpired: an earlier send may be older than the 7 days in which VOD knows a SessionId'
      return { kind: 'doubtful', SessionId, refusal }
    }
    try {
      const { request, account } = parseRunInput(submission.input)
      const { namespace, workflowId, chain, key } = submission
      const { SubAppId } = request
      const address = {
        namespace,
        account,
        ...(SubAppId ? { SubAppId } : {}),
        workflowId,
        chain,
        key,
        attempt: submission.attempt,
      }
      const SessionContext = sealSessionContext(address, macKeys, request.SessionContext)
      const client = await clientFor(account)
      const response = await client.call('ProcessMediaByProcedure', { ...request, SessionId, SessionContext })
      return { kind: 'accepted', SessionId, tasks: tasksOf(response, sentAt) }
    } catch (error) {
      if (!(error instanceof VodError)) throw toFailure(error, { attempt, nonRetryable: onlySend })
      if (error.class === 'duplicate') return { kind: 'duplicate', SessionId }
      if (error.class === 'permanent' && !onlySend) {
        return { kind: 'doubtful', SessionId, refusal: `${error.code} [RequestId ${error.requestId}]` }
      }
      if (provesRefusal(error) && onlySend) heartbeat({ refusedThrough: attempt } satisfies Refused)
      throw toFailure(error, { attempt, nonRetryable: error.class === 'permanent' })
    }
  }
}

/** VOD's window, less a day for clocks and for a call that is long under way, ms. */
const dedupSafeMs = asyncActions.ProcessMediaByProcedure.dedupWindowMs - 24 * 60 * 60_000

/** Refused before anything was done, and may pass later. */
function provesRefusal(error: VodError): boolean {
  return error.class === 'throttled' || error.class === 'transient'
}

/** VOD writes `""` for a task that the template does not ask for. */
function tasksOf(response: Readonly<Record<string, unknown>>, createdAt: number): StepTask[] {
  return asyncActions.ProcessMediaByProcedure.tasks.flatMap(({ member, TaskType }) => {
    const ids = [response[member]].flat().filter((id): id is string => typeof id === 'string' && id !== '')
    return ids.map((TaskId) => ({ TaskId, TaskType, createdAt }))
  })
}
