import type { WorkflowFailedError } from '@temporalio/client'
import {
  ApplicationFailure,
  CancelledFailure,
  TemporalFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common'
import type { Advice } from '../base/vodflowError.js'
import { isPlan } from '../contract/batch.js'
import { type ErrorClass, type FieldProblem, problemsAmong } from '../contract/errors.js'
import { outcomeOfFailure } from '../contract/mediaFailure.js'
import type { Outcome } from '../contract/outcome.js'
import type { CancelSummary } from '../contract/progress.js'
import { isRefusal, refusesInput } from '../contract/refusal.js'
import { adoptType, runType, stepTypes } from '../contract/runNames.js'
import { openEnded } from '../contract/sentence.js'
import type { EndedHow } from './endedHow.js'
import { NoAnswerError, NoWorkerError } from './errors.js'
import { remedies } from './remedies.js'
import {
  RefusedError,
  RunCanceledError,
  type RunError,
  RunFailedError,
  RunMediaError,
  RunTerminatedError,
} from './runErrors.js'

/** A run that has ended. */
interface EndedRun {
  readonly workflowId: string
  /** Workflow type. */
  readonly type: string
}

/** Returns the error for a run that ended without an outcome. It says what to do. */
export function runErrorOf(ended: EndedRun, failed: WorkflowFailedError, how: EndedHow): RunError {
  const { workflowId, type } = ended
  const { cause } = failed
  if (cause instanceof CancelledFailure) return canceledError(ended, failed, how)
  if (cause instanceof TerminatedFailure)
    return new RunTerminatedError(workflowId, cause.message, {
      isStep: stepTypes.includes(type),
      ...(how.neverBegan ? { again: anewOf(type) } : {}),
      cause: failed,
    })
  if (cause instanceof TimeoutFailure) return timeLimitError(ended, failed, how)
  const failure = deepest(cause)
  const outcome = outcomeOfFailure(failure)
  if (outcome)
    return new RunMediaError(workflowId, outcome, { what: openEnded(failure?.message ?? ''), cause: failed })
  const refusal = stepTypes.includes(type) ? failure : undefined
  const details = refusal && detailsOf(refusal)
  if (details) return refused(workflowId, { ...details, again: againOf(type), failed })
  return crashed(workflowId, { again: taskOf(type), failed })
}

function canceledError(
  { workflowId, type }: EndedRun,
  cause: WorkflowFailedError,
  { neverBegan, canceled }: EndedHow,
): RunError {
  // The task of a run that adopts one continues, whether or not the run began.
  const made = type === adoptType ? undefined : nothingMade
  if (neverBegan) return new RunCanceledError(workflowId, made, { again: anewOf(type), cause })
  const again = madeNothing(canceled) ? againOf(type) : taskOf(type)
  return new RunCanceledError(workflowId, canceled, { again, cause })
}

function timeLimitError(
  { workflowId, type }: EndedRun,
  cause: WorkflowFailedError,
  { neverBegan }: EndedHow,
): RunError {
  const goesOn = neverBegan || stepTypes.includes(type) ? [] : [remedies.stepsGoOn]
  const again = neverBegan ? anewOf(type) : taskOf(type)
  return new RunFailedError(workflowId, {
    what: `The run "${workflowId}" exceeded its time limit`,
    remedy: [...goesOn, again, 'Start runs without a time limit.'],
    cause,
  })
}

const nothingMade: CancelSummary = { stopped: [], ended: [], left: [], submitUnanswered: false }

/** Returns how to run it again if none of its code ran, so that there is nothing to reset to. */
function anewOf(type: string): string | Advice {
  return stepTypes.includes(type) ? againOf(type) : 'None of its code ran: start it again.'
}

/** Returns true if VOD bills nothing for the run. Without a report of the run, this is unknown. */
function madeNothing(canceled: CancelSummary | undefined): boolean {
  if (canceled === undefined || canceled.submitUnanswered) return false
  return canceled.ended.length === 0 && canceled.left.length === 0
}

/** Returns how a run can find the tasks that it may have made. */
function taskOf(type: string): string | Advice {
  return stepTypes.includes(type) ? remedies.retry : remedies.reset
}

/** Returns how to run it again if no task was made. */
function againOf(type: string): string | Advice {
  if (type === runType) return remedies.rerun
  return stepTypes.includes(type) ? 'Then start it under a new workflow id.' : remedies.reset
}

/** Returns the error for a batch that ended without a report. */
export function batchErrorOf(workflowId: string, failed: WorkflowFailedError): RunError {
  const { cause } = failed
  const failure = deepest(cause)
  const problems = problemsAmong(failure?.details)
  const [what, fixes] =
    problems.length > 0
      ? [problems.map(({ field, problem }) => `${field}: ${problem}`).join(', '), problems.map(fixOf)]
      : [openEnded(failure?.message ?? cause?.message ?? failed.message), []]
  if (isPlan(workflowId)) {
    return new RunFailedError(workflowId, {
      what: `The plan could not be made: ${what}`,
      remedy: [...fixes, 'Nothing was started. Fix the problem, then plan again.'],
      cause: failed,
    })
  }
  if (cause instanceof TerminatedFailure)
    return new RunTerminatedError(workflowId, cause.message, { isStep: false, cause: failed })
  return new RunFailedError(workflowId, {
    what: `The batch "${workflowId}" ended without a report: ${what}`,
    remedy: [...fixes, failure && refusesInput(failure) ? remedies.startBatchAgain : remedies.resetBatch],
    cause: failed,
  })
}

function fixOf({ remedy, command = remedy }: FieldProblem): Advice {
  return { remedy: `${sentence(remedy)}.`, command: `${sentence(command)}.` }
}

/** Returns the innermost ApplicationFailure: the failure of an activity wraps its cause. */
function deepest(error: unknown): ApplicationFailure | undefined {
  if (!(error instanceof TemporalFailure)) return undefined
  return deepest(error.cause) ?? (error instanceof ApplicationFailure ? error : undefined)
}

/** The details of a refusal, written by an activity or by the run itself. */
interface Details {
  readonly code: string
  readonly requestId?: string
  readonly action?: string
  readonly remedy?: string
}

function detailsOf(
  refusal: ApplicationFailure,
): (Details & Pick<RefusedError, 'message' | 'class'>) | undefined {
  const { message, type, details } = refusal
  // After a failure of any other type, a task may have been made.
  if (!isRefusal(type)) return undefined
  const found = details?.find(
    (detail): detail is Details => typeof (detail as Partial<Details> | null)?.code === 'string',
  )
  if (found) return { ...found, message, class: type as ErrorClass }
  if (type !== 'InvalidInput') return undefined
  const [first] = problemsAmong(details)
  return { code: type, remedy: sentence(first?.remedy ?? fixField), message, class: 'permanent' }
}

/** The check before VOD refused, in a worker that tells its remedy in the message only. */
const fixField = 'fix the field that the message names'

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

function refused(
  workflowId: string,
  {
    message: what,
    code,
    class: errorClass,
    requestId = '',
    action = '',
    remedy,
    again,
    failed,
  }: Details &
    Pick<RefusedError, 'message' | 'class'> & {
      readonly again: string | Advice
      readonly failed: WorkflowFailedError
    },
): RunError {
  return new RefusedError(workflowId, {
    what,
    code,
    class: errorClass,
    requestId,
    action,
    remedy,
    again,
    cause: failed,
  })
}

/** Returns the error with what is known of the outcome, if no worker answers with the whole. */
export function withOutcome(error: unknown, outcome: Outcome): unknown {
  if (error instanceof NoWorkerError)
    return new NoWorkerError(error.queues, error.remedy, error.cause, error.details, outcome)
  if (error instanceof NoAnswerError)
    return new NoAnswerError(error.workflowId, error.queue, error.cause, outcome)
  return error
}

function crashed(
  workflowId: string,
  { again, failed }: { readonly again: string | Advice; readonly failed: WorkflowFailedError },
): RunError {
  const reason = deepest(failed.cause)?.message ?? failed.cause?.message ?? failed.message
  return new RunFailedError(workflowId, {
    what: `The run "${workflowId}" failed: ${openEnded(reason)}`,
    remedy: ['See its history in the Temporal UI.', again],
    cause: failed,
  })
}
