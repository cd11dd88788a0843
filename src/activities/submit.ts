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
import type { ActivityContext } from './context.js'
import { type EarlierSends, earlierSends, type PendingSend, provesNothingMade } from './earlierSends.js'
import { refused, toFailure } from './failure.js'
import { beforeSend, countPassing, passingRefusals, proveRefused, provesRefusal } from './firstAttempt.js'
import { type PreparedSend, prepareSend } from './prepareSend.js'
import { activityInfo, metricMeter } from './sdk.js'

/**
 * Submits, with a `SessionId` under which VOD makes at most one task, however often this runs.
 *
 * A permanent error proves that nothing was made only while no earlier send can have been accepted. After a
 * timeout, a crash or a reset it proves nothing: then the answer is `doubtful`, and the listing decides. So it is
 * when an earlier send may be older than VOD's window of deduplication: another one might be billed again.
 *
 * An error in vodflow's own code before the call proves that this attempt sent nothing, see {@link prepareSend}. From the call on such an
 * error cannot be told from one after the send. The first attempt then fails, and the workflow submits again with the same `SessionId`; a
 * later one is retried, until a worker without the error gets VOD's answer or VOD's window of deduplication closes.
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
  /** Nothing of the submission was sent before. */
  readonly isFirst: boolean
  readonly isKeyed: boolean
}

function submitter<A extends SubmitAction>(context: ActivityContext, action: A) {
  return async (given: PackedSubmission<A>): Promise<SubmitResult> => {
    requireOwnQueue(action, given)
    const submission = unpacked(action, given)
    const SessionId = sessionIdFor(action, submission)
    if (SessionId === undefined)
      throw refused('idempotencyKey', 'is missing, and nothing else names the work of this run', 'give one')
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
      const requestId = String(response.RequestId)
      const tasks = tasksOf(action, response, sentAt)
      // VOD took it, and does not say which task it made: the listing does.
      if (tasks === undefined) return { kind: 'duplicate', SessionId, requestId, ...sentSince(send) }
      const incomplete = isIncomplete(action, response) ? { incomplete: true as const } : {}
      return { kind: 'accepted', SessionId, tasks, requestId, ...incomplete }
    } catch (error) {
      return failedSend(send, error, prepared.waits)
    }
  }
}

function doubtful(send: SubmitSend, refusal: string) {
  return { kind: 'doubtful' as const, SessionId: send.SessionId, refusal, ...sentSince(send) }
}

/** Another workflow may have sent under the same key, at any time. */
function sentSince({ isKeyed, earlier }: SubmitSend): SentSince {
  return !isKeyed && 'sentSince' in earlier ? { sentSince: earlier.sentSince } : {}
}

/** What a send that failed comes to. @throws ApplicationFailure when it is tried again, or when it proves that nothing was made. */
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

function duplicateSend(send: SubmitSend, { requestId }: VodError): SubmitResult {
  const before = passingRefusals()
  // VOD does not say whether a call that it refused uses up its SessionId. Under a key, another workflow may have sent meanwhile.
  if (before && send.isFirst && !send.isKeyed) throw refusedFor(usedUpBy(before.last))
  return { kind: 'duplicate', SessionId: send.SessionId, requestId, ...sentSince(send) }
}

async function refusedSend(
  send: SubmitSend,
  error: VodError,
  waits: readonly number[],
): Promise<SubmitResult> {
  const failure = toFailure(error, { attempt: activityInfo().attempt, nonRetryable: true })
  const { message, details } = failure
  const refusal = { message, type: error.class, details: details ?? [] }
  const wait = error.passes ? waits[passingRefusals()?.count ?? 0] : undefined
  if (wait !== undefined) {
    countPassing(refusal, { proven: send.isFirst })
    throw sentAgainAfter(wait, refusal)
  }
  const believable = await provesNothingMade(send, send.earlier)
  if (believable && !send.isKeyed) throw failure
  const unlessFound = believable ? { believedUnlessFound: refusal } : {}
  return { ...doubtful(send, `VOD said ${error.code} [RequestId ${error.requestId}]`), ...unlessFound }
}

/** The activity sends the same again. */
function sentAgainAfter(waitMs: number, { message, details }: RefusalFailure): ApplicationFailure {
  return ApplicationFailure.create({
    message: `${message} The reason may pass by itself: it is sent again`,
    type: 'transient',
    details: [...details],
    nextRetryDelay: Math.max(1, waitMs),
  })
}

const usedUp = 'an earlier send was refused, and used up its SessionId'

function usedUpBy(refused: RefusalFailure): RefusalFailure {
  return { ...refused, message: `${refused.message} And ${usedUp}: when the cause is gone, run it again` }
}

function refusedFor({ message, type, details }: RefusalFailure): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type, ...details)
}

function dedupExpired(action: SubmitAction): string {
  const days = asyncActions[action].dedupWindowMs / day
  return `a send that was not made (DedupExpired: an earlier one may be older than the ${days} days in which VOD knows a SessionId)`
}

/** The one call. */
async function call<A extends SubmitAction>(
  { keepSwept }: ActivityContext,
  action: A,
  { client, app, request }: PreparedSend<A>,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await client.call(action, request).catch((error: unknown) => {
    if (error instanceof VodError && error.class === 'duplicate') keepSwept(app)
    throw error
  })
  // Only now: a sub-app that VOD refuses would be swept, and refused, for ever.
  keepSwept(app)
  return response
}

/** VOD writes `""` for a task that is not asked for. Undefined where the answer names none, or what is no id. */
function tasksOf(
  action: SubmitAction,
  response: Readonly<Record<string, unknown>>,
  createdAt: number,
): StepTask[] | undefined {
  const named = asyncActions[action].tasks.flatMap(({ member, TaskType }) => {
    const ids = [response[member]].flat().filter((id): id is string => typeof id === 'string' && id !== '')
    return ids.map((TaskId) => ({ TaskId, TaskType, createdAt }))
  })
  const tasks = distinct(named, ({ TaskId }) => TaskId)
  return tasks.length > 0 && tasks.every(({ TaskId }) => isTaskId(TaskId)) ? tasks : undefined
}

/**
 * Whether VOD may have made more tasks than it names. An answer without the action's main task is that of a template for moderation
 * alone, or a part of one: only the template tells.
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
 * Anybody who has the namespace can schedule this activity: in another queue it would pass by the rate, and a stop, of its own.
 *
 * @throws ApplicationFailure of type `InvalidInput`.
 */
function requireOwnQueue(action: SubmitAction, { input }: PackedSubmission): void {
  if (activityInfo().taskQueue === queueFor(input?.account ?? 'default', action)) return
  throw refused('account', 'has its submits in another task queue', 'call the function of the step instead')
}
