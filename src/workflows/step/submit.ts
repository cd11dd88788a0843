import { ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common'
import { ActivityFailure } from '@temporalio/workflow'
import type { PackedSubmission } from '../../contract/activities.js'
import { sessionIdFor } from '../../contract/identity.js'
import { isOwnRefusal } from '../../contract/refusal.js'
import { packed } from '../../contract/submission.js'
import { type ActivityCallOptions, type CallAddress, call } from './calls.js'
import type { SubmitFailed, SubmitRequest } from './state.js'

/** A request to send. `sent`: the time at which an earlier, unanswered send was scheduled, in ms since the epoch. */
export interface Submitting {
  readonly send: SubmitRequest
  readonly sent?: number
}

/** The types of failures after which VOD may have accepted a submit. */
const unanswered = ['ambiguous', 'TemporalTimeout:StartToClose']

/**
 * Sends the request with one SessionId. The first activity is retried only while VOD refuses, so that the workflow learns when a send may
 * have been accepted. A further activity is retried until VOD's answer is known.
 */
export function submit(address: CallAddress, submitting: Submitting): Promise<unknown> {
  const { send, sent } = submitting
  const { attempt, isRunOfStep } = address
  const what = attempt === 1 ? summaryOf(send) : `attempt ${attempt}: repair ${summaryOf(send)}`
  const isSaid = attempt === 1 && isRunOfStep
  const options: ActivityCallOptions = {
    summary: sent !== undefined ? `retry after no answer: ${what}` : isSaid ? '' : what,
    priority: 3,
    awaited: true,
    ...(isFirst(address, submitting) ? { ends: unanswered } : {}),
  }
  // The compiler cannot pair an action with its own input once both are taken from a union.
  const submitOnce = call(address, send.action, options) as (given: PackedSubmission) => Promise<unknown>
  return submitOnce(packed(send.action, { ...address, input: send.input, sent }))
}

/** Returns true if no other run and no other activity of this run can have sent the request. */
function isFirst({ identity }: CallAddress, { sent }: Submitting): boolean {
  return identity.fresh && sent === undefined
}

/** Returns a summary without URLs, which may contain secrets. */
function summaryOf({ action, input }: SubmitRequest): string {
  const { ProcedureName, FileId, MediaStoragePath, MediaName } = input.request as Partial<
    Record<string, string>
  >
  const media = FileId || MediaStoragePath || MediaName || ''
  return [ProcedureName ?? action, media].filter((text) => text !== '').join(' on ')
}

/** Returns the SessionId of a submission without an answer. A step that nothing names was refused before it started. */
export function ownSessionId(address: CallAddress, { action, input }: SubmitRequest): string {
  return sessionIdFor(action, { ...address, input }) ?? ''
}

/** The types of the failures that a submit activity throws if VOD refuses temporarily. */
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

/** Returns true if the request was refused and the activity knows that nothing was made. */
export function isRefusedForGood(error: unknown): boolean {
  const cause = causeOf(error)
  return cause instanceof ApplicationFailure && isOwnRefusal(cause)
}

/** Returns the failure that the activity threw. */
function causeOf(error: unknown): unknown {
  return error instanceof ActivityFailure ? error.cause : error
}

function typeOf(cause: unknown): string {
  return cause instanceof ApplicationFailure ? (cause.type ?? '') : ''
}
