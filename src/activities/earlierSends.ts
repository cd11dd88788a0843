import { activityInfo } from '@temporalio/activity'
import { asyncActions, type SubmitAction } from '../vod/actions.js'
import { isFirstAttempt } from './firstAttempt.js'
import { firstStart } from './firstStart.js'
import { neverSent } from './neverSent.js'
import type { Submission } from './types.js'

/** VOD's window is a day longer: for clocks, and for a call that is long under way, ms. */
const dedupMarginMs = 24 * 60 * 60_000

/**
 * What can have been sent of a submission before this attempt: nothing; something since a time, which VOD still knows by its SessionId;
 * or something that VOD may have forgotten, so that another send could be billed again.
 */
export type EarlierSends =
  | { readonly kind: 'none' }
  | { readonly kind: 'known'; readonly sentSince: number }
  | { readonly kind: 'expired'; readonly sentSince?: number }

/** @throws ApplicationFailure when nothing names the work; ServiceError when Temporal does not answer. */
export async function earlierSends(action: SubmitAction, submission: Submission): Promise<EarlierSends> {
  const { identity, runId } = submission
  const { workflowExecution } = activityInfo()
  // Under a fresh name this activity alone has sent, also where its run was reset meanwhile.
  if (identity.fresh) return ofThisActivity(action, workflowExecution?.runId === runId)
  const sentSince = identity.since ?? (await firstStart(submission))
  if (sentSince === undefined) return { kind: 'expired' }
  if (isKnown(action, sentSince)) return { kind: 'known', sentSince }
  if (await neverSent(action, submission, sentSince)) return ofThisActivity(action, true)
  return { kind: 'expired', sentSince }
}

/** Whether a refusal by VOD proves that nothing was made: Temporal's records may tell where the run itself cannot. */
export async function provesNothingMade(
  action: SubmitAction,
  submission: Submission,
  earlier: EarlierSends,
): Promise<boolean> {
  if (earlier.kind !== 'known') return earlier.kind === 'none'
  return !submission.identity.fresh && isFirstAttempt() && neverSent(action, submission, earlier.sentSince)
}

/** @param scheduledHere - by the execution that runs it: after a reset another one may have run it before. */
function ofThisActivity(action: SubmitAction, scheduledHere: boolean): EarlierSends {
  if (scheduledHere && isFirstAttempt()) return { kind: 'none' }
  const sentSince = activityInfo().scheduledTimestampMs
  return { kind: isKnown(action, sentSince) ? 'known' : 'expired', sentSince }
}

function isKnown(action: SubmitAction, sentSince: number): boolean {
  return Date.now() - sentSince <= asyncActions[action].dedupWindowMs - dedupMarginMs
}
