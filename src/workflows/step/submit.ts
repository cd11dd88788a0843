import { ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common'
import { ActivityFailure } from '@temporalio/workflow'
import type { PackedSubmission, SubmitResult } from '../../contract/activities.js'
import { sessionIdFor } from '../../contract/identity.js'
import { isRefusal } from '../../contract/refusal.js'
import { packed } from '../../contract/submission.js'
import { type ActivityCallOptions, type CallAddress, call } from './calls.js'
import type { SubmitFailed, SubmitRequest } from './state.js'

/** What is sent. `sent`: when an earlier send that got no answer was scheduled, ms since the epoch. */
export interface Submitting {
  readonly send: SubmitRequest
  readonly sent?: number
}

/** Failures of a submit after which VOD may have accepted it. */
const unanswered = ['ambiguous', 'TemporalTimeout:StartToClose']

/**
 * Sends the request with one SessionId. The first activity is retried only while VOD refuses, so that the workflow knows whether
 * anything may have been accepted; a further one is retried until VOD's answer is known.
 */
export function submit(address: CallAddress, submitting: Submitting): Promise<SubmitResult> {
  const { send, sent } = submitting
  const { attempt, isWholeRun } = address
  const what = attempt === 1 ? summaryOf(send) : `attempt ${attempt}: repair ${summaryOf(send)}`
  const isSaid = attempt === 1 && isWholeRun
  const options: ActivityCallOptions = {
    summary: sent !== undefined ? `no answer, the same again: ${what}` : isSaid ? '' : what,
    priority: 3,
    awaited: true,
    ...(isFirst(address, submitting) ? { ends: unanswered } : {}),
  }
  // The compiler cannot pair an action with its own input once both are taken from a union.
  const submitOnce = call(address, send.action, options) as (given: PackedSubmission) => Promise<SubmitResult>
  return submitOnce(packed(send.action, { ...address, input: send.input, sent }))
}

/** No other run and no other activity of this one can have sent it. */
function isFirst({ identity }: CallAddress, { sent }: Submitting): boolean {
  return identity.fresh && sent === undefined
}

/** Never a URL: it may have secrets in it. */
function summaryOf({ action, input }: SubmitRequest): string {
  const { ProcedureName, FileId, MediaStoragePath, MediaName } = input.request as Partial<
    Record<string, string>
  >
  const media = FileId || MediaStoragePath || MediaName || ''
  return [ProcedureName ?? action, media].filter((text) => text !== '').join(' on ')
}

/** Where no answer has told it. A step that nothing names was refused before it started. */
export function ownSessionId(address: CallAddress, { action, input }: SubmitRequest): string {
  return sessionIdFor(action, { ...address, input }) ?? ''
}

/** Types of the failures that a submit activity throws when VOD refuses for now. */
const refusedForNow = ['throttled', 'transient']

export function submitFailed(address: CallAddress, submitting: Submitting, error: unknown): SubmitFailed {
  const cause = causeOf(error)
  const type = typeOf(cause)
  const earlier = !isFirst(address, submitting)
  if (cause instanceof CancelledFailure || refusedForNow.includes(type))
    return { type: 'unanswered', sent: earlier }
  if (isRefusedForGood(error)) return { type: 'refused', sent: earlier, error }
  if (cause instanceof TimeoutFailure || unanswered.includes(type)) return { type: 'unanswered', sent: true }
  const message = cause instanceof Error ? cause.message : String(cause)
  const SessionId = ownSessionId(address, submitting.send)
  return { type: 'unanswered', sent: true, foreign: { SessionId, message } }
}

/** What was asked of VOD was refused, and the activity knows that nothing was made. */
export function isRefusedForGood(error: unknown): boolean {
  return isRefusal(typeOf(causeOf(error)))
}

/** What the activity failed with. */
function causeOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? error.cause : error
}

function typeOf(cause: unknown): string {
  return cause instanceof ApplicationFailure ? (cause.type ?? '') : ''
}
