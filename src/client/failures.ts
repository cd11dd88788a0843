import type { WorkflowFailedError } from '@temporalio/client'
import {
  ApplicationFailure,
  CancelledFailure,
  TemporalFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common'
import type { ErrorClass } from '../vod/errors.js'
import type { Outcome } from '../vod/outcome.js'
import type { Cancelled } from '../workflows/progress.js'
import {
  RefusedError,
  RunCancelledError,
  type RunError,
  RunFailedError,
  RunPartialError,
  RunTerminatedError,
} from './errors.js'

const rerunIt = 'Then use rerun with a reason: process would only attach to this run again.'

/** How a run ended without an outcome, as an error that says what to do. */
export function runErrorOf(
  workflowId: string,
  failed: WorkflowFailedError,
  cancelled: Cancelled | undefined,
): RunError {
  const cause = failed.cause
  if (cause instanceof CancelledFailure) return new RunCancelledError(workflowId, cancelled, failed)
  if (cause instanceof TerminatedFailure) return new RunTerminatedError(workflowId, cause.message, failed)
  if (cause instanceof TimeoutFailure) {
    return new RunFailedError(workflowId, {
      what: `The run "${workflowId}" ran into its time limit`,
      remedy: `Its tasks go on at VOD. Runs need no time limit: start it without one. ${rerunIt}`,
      cause: failed,
    })
  }
  const refusal = deepest(cause)
  if (refusal?.type === 'Partial')
    return new RunPartialError(workflowId, refusal.details?.[0] as Outcome, failed)
  return refusal ? refused(workflowId, refusal, failed) : crashed(workflowId, failed)
}

/** How a batch ended without a report. */
export function batchErrorOf(workflowId: string, failed: WorkflowFailedError): RunError {
  const cause = failed.cause
  const words = stripped(deepest(cause)?.message ?? cause?.message ?? failed.message)
  if (cause instanceof TerminatedFailure) return new RunTerminatedError(workflowId, cause.message, failed)
  return new RunFailedError(workflowId, {
    what: `The batch "${workflowId}" ended without a report: ${words}`,
    remedy:
      'Its runs go on. Mend what it says and start a batch under a new id: it passes over what is done.',
    cause: failed,
  })
}

/** The failure that the first of all causes left; an activity's failure wraps its own. */
function deepest(error: unknown): ApplicationFailure | undefined {
  if (!(error instanceof TemporalFailure)) return undefined
  return deepest(error.cause) ?? (error instanceof ApplicationFailure ? error : undefined)
}

/** What an activity, or the run itself, puts into the details of a refusal. */
interface Details {
  readonly code: string
  readonly requestId?: string
  readonly action?: string
  readonly remedy?: string
}

function refused(workflowId: string, failure: ApplicationFailure, failed: WorkflowFailedError): RunError {
  const details = failure.details?.find(
    (detail): detail is Details => typeof (detail as Partial<Details> | null)?.code === 'string',
  )
  if (!details && failure.type !== 'InvalidInput') return crashed(workflowId, failed)
  const { code, requestId = '', action = '', remedy } = details ?? notSent
  return new RefusedError(workflowId, {
    what: failure.message,
    message: `The request was refused: ${failure.message}\n${rerunIt}`,
    code,
    class: details ? (failure.type as ErrorClass) : 'permanent',
    requestId,
    action,
    remedy: `${stripped(remedy ?? '')}. ${rerunIt}`,
    cause: failed,
  })
}

/** The check before VOD refused: its message names field and remedy. */
const notSent: Details = { code: 'InvalidInput', remedy: 'Mend the field that the message names' }

function crashed(workflowId: string, failed: WorkflowFailedError): RunError {
  const reason = failed.cause?.message ?? failed.message
  return new RunFailedError(workflowId, {
    what: `The run "${workflowId}" failed: ${stripped(reason)}`,
    remedy: `See its history in the Temporal UI. ${rerunIt}`,
    cause: failed,
  })
}

/** The sentence goes on after it. */
function stripped(message: string): string {
  return message.replace(/[.\s]+$/, '')
}
