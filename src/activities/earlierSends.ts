import { activityInfo } from '@temporalio/activity'
import { asyncActions, type SubmitAction } from '../contract/actions.js'
import type { Submission } from '../contract/activities.js'
import { day } from '../contract/time.js'
import { isFirstAttempt } from './firstAttempt.js'
import { firstStart } from './firstStart.js'
import { neverScheduled } from './neverScheduled.js'

/** VOD's window is a day longer: for clocks, and for a call that is long under way, ms. */
const dedupMarginMs = day

/** What is about to be sent. */
export interface Sending {
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
export async function earlierSends(sending: Sending): Promise<EarlierSends> {
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
export async function provesNothingMade(sending: Sending, earlier: EarlierSends): Promise<boolean> {
  if (earlier.kind === 'none') return true
  const { fresh } = sending.submission.identity
  return earlier.kind === 'known' && !fresh && isFirstAttempt() && isNew(sending, earlier.sentSince)
}

/** Where only activities of this run can have sent: this one, and one before it that got no answer. */
function ofThisRun(action: SubmitAction, submission: Submission): EarlierSends {
  if (isFirstActivity(submission) && isFirstAttempt()) return { kind: 'none' }
  return since(action, submission.sent ?? activityInfo().scheduledTimestampMs)
}

async function isNew({ submission, SessionId }: Sending, sentSince: number): Promise<boolean> {
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
