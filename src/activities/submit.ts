import { ApplicationFailure } from '@temporalio/common'
import { asyncActions, type MadeTask, type SubmitAction } from '../contract/actions.js'
import type {
  PackedSubmission,
  RefusalFailure,
  SentSince,
  StepTask,
  SubmitResult,
} from '../contract/activities.js'
import { InvalidInputError, VodError } from '../contract/errors.js'
import { isTaskId } from '../contract/hint.js'
import { sessionIdFor } from '../contract/identity.js'
import { distinct } from '../contract/json.js'
import { meterWith } from '../contract/metrics.js'
import { queueFor } from '../contract/queues.js'
import { unpacked } from '../contract/submission.js'
import { day } from '../contract/time.js'
import { incompleteAnswer } from '../vod/incompleteAnswer.js'
import type { ActivityContext } from './context.js'
import { type EarlierSends, earlierSends, type PendingSend, provesNothingMade } from './earlierSends.js'
import { refused, toFailure } from './failure.js'
import { beforeSend, passingRefusals, proveRefused, provesRefusal, repeatOf } from './firstAttempt.js'
import { type PreparedSend, prepareSend } from './prepareSend.js'
import { activityInfo, metricMeter } from './sdk.js'

/**
 * Submits with a `SessionId`, for which VOD makes at most one task, no matter how often the activity runs.
 *
 * A permanent error proves that nothing was made only if no earlier send can have been accepted. After a
 * timeout, a crash or a reset it proves nothing: the result is then `doubtful`, and the listing decides. The result is also `doubtful`
 * if an earlier send may be older than VOD's deduplication window, because another send could be billed again.
 *
 * An error in vodflow's own code before the call proves that this attempt sent nothing, see {@link prepareSend}. From the call on, such an
 * error cannot be distinguished from an error after the send. A first attempt then fails, and the workflow submits again with the same
 * `SessionId`. A later attempt is retried until a worker without the bug gets VOD's answer or VOD's deduplication window closes.
 */
export function submit<A extends SubmitAction>(context: ActivityContext, action: A) {
  const send = submitter(context, action)
  return async (given: PackedSubmission<A>): Promise<SubmitResult> => {
    const count = (result: string) => meterWith(metricMeter).count('submits', { action, result })
    try {
      const submitted = await send(given)
      count(submitted.kind)
      return submitted
    } catch (error) {
      count(error instanceof ApplicationFailure ? (error.type ?? 'Error') : 'Error')
      throw error
    }
  }
}

/** One send of a submission. */
interface SubmitSend extends PendingSend {
  readonly earlier: EarlierSends
  /** No earlier send of the submission is possible. */
  readonly isFirst: boolean
  readonly isKeyed: boolean
}

function submitter<A extends SubmitAction>(context: ActivityContext, action: A) {
  return async (given: PackedSubmission<A>): Promise<SubmitResult> => {
    requireOwnQueue(action, given)
    const submission = unpacked(action, given)
    const SessionId = sessionIdFor(action, submission)
    if (SessionId === undefined)
      throw refused('idempotencyKey', 'is missing, and nothing else names the work of this run', 'pass a key')
    const sending = { action, submission, SessionId }
    const earlier = await earlierSends(sending)
    const isKeyed = submission.input.idempotencyKey !== undefined
    const send: SubmitSend = { ...sending, earlier, isKeyed, isFirst: earlier.kind === 'none' }
    if (earlier.kind === 'expired') return { ...doubtful(send, dedupExpired(action)), expired: true }
    const prepared = await prepareSend(context, sending)
    if (prepared instanceof ApplicationFailure) {
      if (send.isFirst) throw prepared
      return doubtful(send, prepared.message)
    }
    await beforeSend()
    const sentAt = Date.now()
    try {
      const response = await call(context, action, prepared)
      return acceptedSend(send, response, sentAt)
    } catch (error) {
      return failedSend(send, error, prepared.waits)
    }
  }
}

/** @throws VodError if the request is sent again, because the answer names no task. */
function acceptedSend(
  send: SubmitSend,
  response: Readonly<Record<string, unknown>>,
  sentAt: number,
): SubmitResult {
  const { action, SessionId } = send
  if (idsIn(action, response).length === 0 && isWorthAnotherSend(send))
    throw incompleteAnswer(action, 'the answer names no task')
  const tasks = tasksOf(action, response, sentAt)
  const incomplete = tasks.length === 0 || isIncomplete(action, response)
  const requestId = String(response.RequestId)
  return { kind: 'accepted', SessionId, tasks, requestId, ...(incomplete ? { incomplete } : {}) }
}

function doubtful(send: SubmitSend, refusal: string) {
  return { kind: 'doubtful' as const, SessionId: send.SessionId, refusal, ...sentSince(send) }
}

/** Returns nothing under a key, because another workflow may have sent with the same key at any time. */
function sentSince({ isKeyed, earlier }: SubmitSend): SentSince {
  return !isKeyed && 'sentSince' in earlier ? { sentSince: earlier.sentSince } : {}
}

/** Returns the result of a failed send. @throws ApplicationFailure if it is retried, or if it proves that nothing was made. */
async function failedSend(send: SubmitSend, error: unknown, waits: readonly number[]): Promise<SubmitResult> {
  const { isFirst } = send
  const { attempt } = activityInfo()
  if (error instanceof InvalidInputError && !isFirst) return doubtful(send, error.message)
  if (!(error instanceof VodError)) throw toFailure(error, { attempt, nonRetryable: isFirst })
  if (error.class === 'duplicate') return duplicateSend(send, error)
  if (error.class === 'permanent') return refusedSend(send, error, waits)
  if (provesRefusal(error) && isFirst) proveRefused()
  throw toFailure(error, { attempt, nonRetryable: false })
}

/**
 * VOD does not document whether a refused call uses up its SessionId. After refusals alone, a duplicate may therefore mean that nothing was
 * made, or that a proxy sent this request twice. The listing decides, for actions whose tasks it shows.
 */
function duplicateSend(send: SubmitSend, { requestId }: VodError): SubmitResult {
  const { action, SessionId, isFirst, isKeyed } = send
  const before = passingRefusals()
  if (before && isFirst && !isKeyed && asyncActions[action].found === 'listing')
    return {
      ...doubtful(send, 'VOD said that its SessionId is taken'),
      believedUnlessFound: usedUpBy(before.last),
    }
  return { kind: 'duplicate', SessionId, requestId, ...sentSince(send) }
}

async function refusedSend(
  send: SubmitSend,
  error: VodError,
  waits: readonly number[],
): Promise<SubmitResult> {
  const failure = toFailure(error, { attempt: activityInfo().attempt, nonRetryable: true })
  const { message, details } = failure
  const refusal = { message, type: error.class, details: details ?? [] }
  const repeat = error.passes ? repeatOf(refusal, { waits, proven: send.isFirst }) : undefined
  if (repeat) throw repeat
  const believable = await provesNothingMade(send, send.earlier)
  if (believable && !send.isKeyed) throw failure
  const unlessFound = believable ? { believedUnlessFound: refusal } : {}
  return { ...doubtful(send, `VOD said ${error.vodCode} [RequestId ${error.requestId}]`), ...unlessFound }
}

const usedUp = 'The refused request used up its SessionId: run it again once the cause is fixed'

function usedUpBy(refused: RefusalFailure): RefusalFailure {
  return { ...refused, message: `${refused.message} ${usedUp}` }
}

function dedupExpired(action: SubmitAction): string {
  const days = asyncActions[action].dedupWindowMs / day
  return `a request that was not sent (DedupExpired: an earlier send may be older than the ${days} days for which VOD knows a SessionId)`
}

/** Makes the one call to VOD. */
async function call<A extends SubmitAction>(
  { keepSwept }: ActivityContext,
  action: A,
  { client, app, request }: PreparedSend<A>,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await client.call(action, request).catch((error: unknown) => {
    if (error instanceof VodError && error.class === 'duplicate') keepSwept(app)
    throw error
  })
  // The sweep is started only after an answer: for a sub-app that VOD refuses, it would be refused forever.
  keepSwept(app)
  return response
}

/** The attempt from which on an answer that names no task counts as accepted. The listing then decides. */
const believedFromAttempt = 4

/**
 * An answer that names no task may be that of a proxy, and VOD may not have got the request. It is therefore sent again, as after no answer.
 * If VOD has accepted it, it answers "duplicate". The first activity of a fresh submission ends without an answer, so the next one counts.
 */
function isWorthAnotherSend({ isFirst }: SubmitSend): boolean {
  return isFirst || activityInfo().attempt < believedFromAttempt
}

/** Returns the task ids in an answer. VOD writes `""` for a task that was not asked for. */
function idsIn(action: SubmitAction, response: Readonly<Record<string, unknown>>): unknown[] {
  return asyncActions[action].tasks
    .flatMap(({ member }) => [response[member]].flat())
    .filter((id) => id !== undefined && id !== null && id !== '')
}

/** Returns the tasks in the answer, and none if an id is malformed. */
function tasksOf(
  action: SubmitAction,
  response: Readonly<Record<string, unknown>>,
  createdAt: number,
): StepTask[] {
  const named = asyncActions[action].tasks.flatMap(({ member, TaskType }) => {
    const ids = [response[member]].flat().filter((id): id is string => typeof id === 'string' && id !== '')
    return ids.map((TaskId) => ({ TaskId, TaskType, createdAt }))
  })
  const tasks = distinct(named, ({ TaskId }) => TaskId)
  return tasks.every(({ TaskId }) => isTaskId(TaskId)) ? tasks : []
}

/**
 * Returns true if VOD may have made more tasks than it names. An answer without the action's main task may be complete, for a template
 * with moderation alone, or incomplete. Only the template shows which.
 */
function isIncomplete(action: SubmitAction, response: Readonly<Record<string, unknown>>): boolean {
  const [main, ...others]: readonly MadeTask[] = asyncActions[action].tasks
  const lacks = ({ member, mayBeAbsent }: MadeTask) => {
    const ids = response[member]
    return Array.isArray(ids) ? ids.includes('') : !mayBeAbsent && typeof ids !== 'string'
  }
  const ids = [main, ...others].flatMap((task) => (task ? [response[task.member]].flat() : []))
  const named = ids.filter((id) => typeof id === 'string' && id !== '')
  const isRepeated = new Set(named).size < named.length
  return (main !== undefined && !response[main.member]) || others.some(lacks) || isRepeated
}

/**
 * Anyone with access to the namespace can schedule this activity. In another queue it would bypass its rate limit and a stop.
 *
 * @throws ApplicationFailure of type `InvalidInput`.
 */
function requireOwnQueue(action: SubmitAction, { input }: PackedSubmission): void {
  if (activityInfo().taskQueue === queueFor(input?.account ?? 'default', action)) return
  throw refused('account', 'submits on another task queue', 'call the function of the step instead')
}
