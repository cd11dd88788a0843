import { activityInfo, heartbeat, metricMeter } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { asyncActions, type SubmitAction } from '../vod/actions.js'
import type { RequestOf } from '../vod/api.js'
import { InvalidInputError, VodError } from '../vod/errors.js'
import { meterWith } from '../vod/metrics.js'
import { type ParsedInput, parseStepInput } from '../vod/parseInput.js'
import { sessionIdFor } from '../vod/sessionId.js'
import { markedSource } from '../vod/sourceMark.js'
import { sealSessionContext } from '../vod/token.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'
import { onlyAttempt, provesRefusal, type Refused } from './refused.js'
import type { StepTask, Submission, Submitted } from './types.js'

/** VOD's window is a day longer: for clocks, and for a call that is long under way, ms. */
const dedupMarginMs = 24 * 60 * 60_000

/**
 * Submits, with a `SessionId` under which VOD makes at most one task, however often this runs.
 *
 * A permanent error proves that nothing was made only while no earlier send can have been accepted. After a
 * timeout, a crash or a reset it proves nothing: then the answer is `doubtful`, and the listing decides. So it is
 * when an earlier send may be older than VOD's window of deduplication: another one might be paid for again.
 */
export function submit<A extends SubmitAction>(context: ActivityContext, action: A) {
  const send = submitter(context, action)
  return async (submission: Submission<A>): Promise<Submitted> => {
    const count = (result: string) => meterWith(metricMeter).count('submits', { action, result })
    try {
      const submitted = await send(submission)
      count(submitted.kind)
      return submitted
    } catch (error) {
      count(error instanceof ApplicationFailure ? (error.type ?? 'Error') : 'Error')
      throw error
    }
  }
}

function submitter<A extends SubmitAction>({ clientFor, macKeys, keepSwept }: ActivityContext, action: A) {
  const { dedupWindowMs, found } = asyncActions[action]
  return async (submission: Submission<A>): Promise<Submitted> => {
    const { attempt, scheduledTimestampMs } = activityInfo()
    const onlySend = submission.first && onlyAttempt()
    const SessionId = sessionIdFor(submission)
    const sentAt = Date.now()
    const sentSince = submission.first ? scheduledTimestampMs : submission.sentSince
    if (!onlySend && sentAt - sentSince > dedupWindowMs - dedupMarginMs) {
      const days = dedupWindowMs / (24 * 60 * 60_000)
      const refusal = `DedupExpired: an earlier send may be older than the ${days} days in which VOD knows a SessionId`
      return { kind: 'doubtful', SessionId, refusal }
    }
    const parsed = parsedOf(action, submission)
    if (parsed instanceof InvalidInputError) {
      if (onlySend) throw toFailure(parsed, { attempt, nonRetryable: true })
      return { kind: 'doubtful', SessionId, refusal: parsed.message }
    }
    try {
      const { account } = parsed
      const request = parsed.request as Asked
      const { namespace, workflowId, chain, key } = submission
      const { SubAppId } = request
      const app = { account, ...(SubAppId ? { SubAppId } : {}) }
      const address = { namespace, ...app, workflowId, chain, key, attempt: submission.attempt }
      const SessionContext = sealSessionContext(address, macKeys, request.SessionContext)
      const client = await clientFor(account)
      const mark =
        found === 'media' ? { SourceContext: markedSource(SessionId, macKeys, request.SourceContext) } : {}
      const sent = { ...request, ...mark, SessionId, SessionContext }
      const response = await client.call(action, sent as RequestOf<A>).catch((error: unknown) => {
        if (error instanceof VodError && error.class === 'duplicate') keepSwept(app)
        throw error
      })
      // Only now: a sub-app that VOD refuses would be swept, and refused, for ever.
      keepSwept(app)
      const tasks = tasksOf(action, response, sentAt)
      return { kind: 'accepted', SessionId, tasks, requestId: response.RequestId }
    } catch (error) {
      if (!(error instanceof VodError)) throw toFailure(error, { attempt, nonRetryable: onlySend })
      if (error.class === 'duplicate') return { kind: 'duplicate', SessionId, requestId: error.requestId }
      if (error.class === 'permanent' && !onlySend) {
        return { kind: 'doubtful', SessionId, refusal: `${error.code} [RequestId ${error.requestId}]` }
      }
      if (provesRefusal(error) && onlySend) heartbeat({ refusedThrough: attempt } satisfies Refused)
      throw toFailure(error, { attempt, nonRetryable: error.class === 'permanent' })
    }
  }
}

/** What we look at in a request, whatever the action. */
interface Asked {
  readonly SubAppId?: number | undefined
  readonly SessionContext?: string | undefined
  readonly SourceContext?: string
}

/** What is wrong with an input stays wrong, however often it is looked at. */
function parsedOf<A extends SubmitAction>(
  action: A,
  { input }: Submission<A>,
): ParsedInput<A> | InvalidInputError {
  try {
    return parseStepInput(action, input)
  } catch (error) {
    if (error instanceof InvalidInputError) return error
    throw error
  }
}

/** VOD writes `""` for a task that is not asked for. */
function tasksOf(
  action: SubmitAction,
  response: Readonly<Record<string, unknown>>,
  createdAt: number,
): StepTask[] {
  return asyncActions[action].tasks.flatMap(({ member, TaskType }) => {
    const ids = [response[member]].flat().filter((id): id is string => typeof id === 'string' && id !== '')
    return ids.map((TaskId) => ({ TaskId, TaskType, createdAt }))
  })
}
