import { activityInfo, metricMeter } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { asyncActions, type SubmitAction } from '../vod/actions.js'
import type { RequestOf } from '../vod/api.js'
import { InvalidInputError, VodError } from '../vod/errors.js'
import { fingerprintOf } from '../vod/fingerprint.js'
import { sessionIdOf, submissionNameOf } from '../vod/identity.js'
import { meterWith } from '../vod/metrics.js'
import { type ParsedInput, parseStepInput } from '../vod/parseInput.js'
import { markedSource } from '../vod/sourceMark.js'
import { sealSessionContext } from '../vod/token.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'
import { beforeSend, isFirstAttempt, proveRefused, provesRefusal } from './firstAttempt.js'
import { firstStart } from './firstStart.js'
import type { StepTask, Submission, Submitted } from './types.js'

/** VOD's window is a day longer: for clocks, and for a call that is long under way, ms. */
const dedupMarginMs = 24 * 60 * 60_000

/**
 * Submits, with a `SessionId` under which VOD makes at most one task, however often this runs.
 *
 * A permanent error proves that nothing was made only while no earlier send can have been accepted. After a
 * timeout, a crash or a reset it proves nothing: then the answer is `doubtful`, and the listing decides. So it is
 * when an earlier send may be older than VOD's window of deduplication: another one might be billed again.
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

const nameless = 'nothing names the work of this run; give an idempotencyKey'

function submitter<A extends SubmitAction>({ clientFor, macKeys, keepSwept }: ActivityContext, action: A) {
  const { dedupWindowMs, found } = asyncActions[action]
  return async (submission: Submission<A>): Promise<Submitted> => {
    const { attempt } = activityInfo()
    const { input } = submission
    const firstOfRun = isFirstAttempt() && isFreshHere(submission) && submission.sent === undefined
    // Another workflow may have sent under the same key.
    const first = firstOfRun && input.idempotencyKey === undefined
    const name = submissionNameOf(action, submission)
    if (!name) throw ApplicationFailure.nonRetryable(nameless, 'InvalidInput')
    const SessionId = sessionIdOf(name)
    const sentAt = Date.now()
    const sentSince = firstOfRun ? sentAt : await sentSinceOf(submission)
    const sent = input.idempotencyKey === undefined && sentSince !== undefined ? { sentSince } : {}
    if (sentSince === undefined || sentAt - sentSince > dedupWindowMs - dedupMarginMs) {
      const days = dedupWindowMs / (24 * 60 * 60_000)
      const refusal = `DedupExpired: an earlier send may be older than the ${days} days in which VOD knows a SessionId`
      return { kind: 'doubtful', SessionId, refusal, expired: true, ...sent }
    }
    const parsed = parsedOf(action, submission)
    if (parsed instanceof InvalidInputError) {
      if (firstOfRun) throw toFailure(parsed, { attempt, nonRetryable: true })
      return { kind: 'doubtful', SessionId, refusal: parsed.message, ...sent }
    }
    await beforeSend()
    try {
      const { account, idempotencyKey } = parsed
      const request = parsed.request as Asked
      const { namespace, workflowId, chain } = submission
      const { SubAppId } = request
      const app = { account, ...(SubAppId ? { SubAppId } : {}) }
      const asked = idempotencyKey === undefined ? {} : { asked: fingerprintOf({ ...request }) }
      const address = { namespace, ...app, workflowId, chain, SessionId, ...asked }
      const SessionContext = sealSessionContext(address, macKeys, request.SessionContext)
      const client = await clientFor(account)
      const mark =
        found === 'media'
          ? { SourceContext: markedSource({ SessionId, ...asked }, macKeys, request.SourceContext) }
          : {}
      const whole = { ...request, ...mark, SessionId, SessionContext }
      const response = await client.call(action, whole as RequestOf<A>).catch((error: unknown) => {
        if (error instanceof VodError && error.class === 'duplicate') keepSwept(app)
        throw error
      })
      // Only now: a sub-app that VOD refuses would be swept, and refused, for ever.
      keepSwept(app)
      const tasks = tasksOf(action, response, sentAt)
      return { kind: 'accepted', SessionId, tasks, requestId: response.RequestId }
    } catch (error) {
      if (!(error instanceof VodError)) throw toFailure(error, { attempt, nonRetryable: firstOfRun })
      const { code, requestId } = error
      if (error.class === 'duplicate') return { kind: 'duplicate', SessionId, requestId, ...sent }
      const failure = toFailure(error, { attempt, nonRetryable: error.class === 'permanent' })
      if (error.class === 'permanent' && !first) {
        const { message, details } = failure
        const believed = { message, type: error.class, details: details ?? [] }
        return {
          kind: 'doubtful',
          SessionId,
          refusal: `${code} [RequestId ${requestId}]`,
          ...(firstOfRun ? { believedUnlessFound: believed } : {}),
          ...sent,
        }
      }
      if (provesRefusal(error) && firstOfRun) proveRefused()
      throw failure
    }
  }
}

/** No other execution of the run's work can have sent anything: the activity was scheduled by the one that runs it, with a fresh name. */
function isFreshHere({ identity, runId }: Submission): boolean {
  return identity.fresh && activityInfo().workflowExecution?.runId === runId
}

/** No earlier send of this submission is older, ms since the epoch; undefined when nobody knows. */
async function sentSinceOf(submission: Submission): Promise<number | undefined> {
  const {
    identity: { fresh, since },
    sent,
  } = submission
  // Under a fresh name only activities of this run have sent, also where the run was reset meanwhile.
  return fresh ? (sent ?? activityInfo().scheduledTimestampMs) : (since ?? (await firstStart(submission)))
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
