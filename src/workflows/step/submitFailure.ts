import { ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common'
import { ActivityFailure } from '@temporalio/workflow'
import { isRefusal } from '../../contract/refusal.js'
import { isFirst, ownSessionId, type StepAddress, type Submitting, unanswered } from './calls.js'
import type { ForeignFailure } from './state.js'

/** Types of the failures that a submit activity throws when VOD refuses for now. */
const refusedForNow = ['throttled', 'transient']

/** What a submit that failed leaves behind. */
export interface SubmitFailure {
  /** VOD, or the check before it, said no. Only the activity itself can know that. */
  readonly refused: boolean
  /** VOD may have accepted the request all the same. */
  readonly sent: boolean
  /** The failure says nothing about VOD: an operator failed the activity, say. */
  readonly foreign?: ForeignFailure
}

export function submitFailure(address: StepAddress, submitting: Submitting, error: unknown): SubmitFailure {
  const cause = causeOf(error)
  const type = typeOf(cause)
  const earlier = !isFirst(address, submitting)
  if (cause instanceof CancelledFailure || refusedForNow.includes(type))
    return { refused: false, sent: earlier }
  if (isRefusedForGood(error)) return { refused: true, sent: earlier }
  if (cause instanceof TimeoutFailure || unanswered.includes(type)) return { refused: false, sent: true }
  const message = cause instanceof Error ? cause.message : String(cause)
  const SessionId = ownSessionId(address, submitting.send)
  return { refused: false, sent: true, foreign: { SessionId, message } }
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
