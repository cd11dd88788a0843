import { asyncActions, type SubmitAction } from '../contract/actions.js'
import type { Submission } from '../contract/activities.js'
import { day } from '../contract/time.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { describe } from './executions.js'
import { refused } from './failure.js'
import { isFirstAttempt } from './firstAttempt.js'
import { neverScheduled } from './neverScheduled.js'
import { activityInfo } from './sdk.js'

/** VOD's window is longer by this margin, in ms. It covers differences of clocks and a call that takes long. */
const dedupMarginMs = day

/** A submission that is about to be sent. */
export interface PendingSend {
  readonly action: SubmitAction
  readonly submission: Submission
  readonly SessionId: string
}

/**
 * Earlier sends of a submission. `none`: nothing was sent. `known`: a send since a certain time is possible, and VOD still knows its
 * SessionId. `expired`: VOD may have forgotten a send, so another one could be billed again.
 */
export type EarlierSends =
  | { readonly kind: 'none' }
  | { readonly kind: 'known'; readonly sentSince: number }
  | { readonly kind: 'expired'; readonly sentSince?: number }

/** @throws ApplicationFailure if nothing names the work; ServiceError if Temporal does not answer. */
export async function earlierSends(sending: PendingSend): Promise<EarlierSends> {
  const { action, submission } = sending
  const { identity } = submission
  // Only activities of this run have sent under a fresh name, even if the run was reset since.
  if (identity.fresh) return ofThisRun(action, submission)
  const sentSince = identity.since ?? (await firstStart(submission))
  if (sentSince === undefined) return { kind: 'expired' }
  const earlier = since(action, sentSince)
  return earlier.kind === 'expired' && (await isNew(sending, sentSince))
    ? ofThisRun(action, submission)
    : earlier
}

/** Returns true if a refusal by VOD proves that nothing was made. If the run itself cannot know, Temporal's records may. */
export async function provesNothingMade(sending: PendingSend, earlier: EarlierSends): Promise<boolean> {
  if (earlier.kind === 'none') return true
  const { fresh } = sending.submission.identity
  return earlier.kind === 'known' && !fresh && isFirstAttempt() && isNew(sending, earlier.sentSince)
}

/** The earlier sends if only this run can have sent: this activity, and one before it that got no answer. */
function ofThisRun(action: SubmitAction, submission: Submission): EarlierSends {
  if (isFirstActivity(submission) && isFirstAttempt()) return { kind: 'none' }
  return since(action, submission.sent ?? activityInfo().scheduledTimestampMs)
}

async function isNew({ submission, SessionId }: PendingSend, sentSince: number): Promise<boolean> {
  return isFirstActivity(submission) && neverScheduled(submission, { SessionId, since: sentSince })
}

/** Returns true if this is the submission's first activity and runs in the execution that scheduled it. A reset moves it to another one. */
function isFirstActivity({ runId, sent }: Submission): boolean {
  return sent === undefined && activityInfo().workflowExecution?.runId === runId
}

function since(action: SubmitAction, sentSince: number): EarlierSends {
  const isKnown = Date.now() - sentSince <= asyncActions[action].dedupWindowMs - dedupMarginMs
  return { kind: isKnown ? 'known' : 'expired', sentSince }
}

/**
 * Returns the first start of a run whose work has an unknown age after a workflow retry, in ms since the epoch. The run is this one, or
 * the root of its parents. Returns undefined if Temporal has deleted it.
 *
 * @throws ApplicationFailure if Temporal's records do not identify the work.
 */
async function firstStart({ identity, input }: Submission): Promise<number | undefined> {
  try {
    const own = await describe(activityInfo().workflowExecution ?? {})
    const itself = own.firstRunId === identity.name
    const retried = itself ? own : await describe(own.rootExecution ?? own.execution ?? {})
    const first = await describe({ ...retried.execution, runId: retried.firstRunId ?? '' })
    if (itself && input.idempotencyKey === undefined && first.status === continuedAsNew)
      throw refused('idempotencyKey', nameless, 'pass a key, or start the run again')
    return first.startTime ? Number(first.startTime.seconds) * 1_000 : undefined
  } catch (error) {
    if (grpcCodeOf(error) === grpc.notFound) return undefined
    throw error
  }
}

/** WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW */
const continuedAsNew = 6

const nameless =
  "is missing, and nothing else names the work of a run that was continued as new by a worker without vodflow's plugin and then retried"
