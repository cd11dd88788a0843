import { asyncActions, type SubmitAction } from '../contract/actions.js'
import type { Submission } from '../contract/activities.js'
import { day } from '../contract/time.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { describe } from './executions.js'
import { refused } from './failure.js'
import { isFirstAttempt } from './firstAttempt.js'
import { neverScheduled } from './neverScheduled.js'
import { activityInfo } from './sdk.js'

/** VOD's window is a day longer: for clocks, and for a call that is long under way, ms. */
const dedupMarginMs = day

/** What is about to be sent. */
export interface PendingSend {
  readonly action: SubmitAction
  readonly submission: Submission
  readonly SessionId: string
}

/**
 * What can have been sent of a submission before this attempt: nothing; something since a time, which VOD still knows by its SessionId;
 * or something that VOD may have forgotten, so that another send could be billed again.
 */
export type EarlierSends =
  | { readonly kind: 'none' }
  | { readonly kind: 'known'; readonly sentSince: number }
  | { readonly kind: 'expired'; readonly sentSince?: number }

/** @throws ApplicationFailure when nothing names the work; ServiceError when Temporal does not answer. */
export async function earlierSends(sending: PendingSend): Promise<EarlierSends> {
  const { action, submission } = sending
  const { identity } = submission
  // Under a fresh name only activities of this run have sent, also where the run was reset meanwhile.
  if (identity.fresh) return ofThisRun(action, submission)
  const sentSince = identity.since ?? (await firstStart(submission))
  if (sentSince === undefined) return { kind: 'expired' }
  const earlier = since(action, sentSince)
  return earlier.kind === 'expired' && (await isNew(sending, sentSince))
    ? ofThisRun(action, submission)
    : earlier
}

/** Whether a refusal by VOD proves that nothing was made: Temporal's records may tell where the run itself cannot. */
export async function provesNothingMade(sending: PendingSend, earlier: EarlierSends): Promise<boolean> {
  if (earlier.kind === 'none') return true
  const { fresh } = sending.submission.identity
  return earlier.kind === 'known' && !fresh && isFirstAttempt() && isNew(sending, earlier.sentSince)
}

/** Where only activities of this run can have sent: this one, and one before it that got no answer. */
function ofThisRun(action: SubmitAction, submission: Submission): EarlierSends {
  if (isFirstActivity(submission) && isFirstAttempt()) return { kind: 'none' }
  return since(action, submission.sent ?? activityInfo().scheduledTimestampMs)
}

async function isNew({ submission, SessionId }: PendingSend, sentSince: number): Promise<boolean> {
  return isFirstActivity(submission) && neverScheduled(submission, { SessionId, since: sentSince })
}

/** The submission has had no activity before this one, which runs in the execution that scheduled it: a reset hands it to another one. */
function isFirstActivity({ runId, sent }: Submission): boolean {
  return sent === undefined && activityInfo().workflowExecution?.runId === runId
}

function since(action: SubmitAction, sentSince: number): EarlierSends {
  const isKnown = Date.now() - sentSince <= asyncActions[action].dedupWindowMs - dedupMarginMs
  return { kind: isKnown ? 'known' : 'expired', sentSince }
}

/**
 * When the run whose workflow retry left the age of its work open was first started, ms since the epoch: the run itself, or the one at
 * the root of its parents. Undefined when Temporal has forgotten it.
 *
 * @throws ApplicationFailure when Temporal's records do not tell which work this is.
 */
async function firstStart({ identity, input }: Submission): Promise<number | undefined> {
  try {
    const own = await describe(activityInfo().workflowExecution ?? {})
    const itself = own.firstRunId === identity.name
    const retried = itself ? own : await describe(own.rootExecution ?? own.execution ?? {})
    const first = await describe({ ...retried.execution, runId: retried.firstRunId ?? '' })
    if (itself && input.idempotencyKey === undefined && first.status === continuedAsNew)
      throw refused('idempotencyKey', nameless, 'give one, or start the run again')
    return first.startTime ? Number(first.startTime.seconds) * 1_000 : undefined
  } catch (error) {
    if (grpcCodeOf(error) === grpc.notFound) return undefined
    throw error
  }
}

/** WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW */
const continuedAsNew = 6

const nameless =
  "is missing, and nothing else names the work of a run that a worker without vodflow's plugin continued as new and that was then retried"
