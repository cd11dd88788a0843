import type { WorkflowFailedError } from '@temporalio/client'
import {
  ApplicationFailure,
  CancelledFailure,
  TemporalFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common'
import { isPlan } from '../contract/batch.js'
import { type ErrorClass, problemsAmong } from '../contract/errors.js'
import { outcomeOfFailure } from '../contract/mediaFailure.js'
import type { Cancelled } from '../contract/progress.js'
import { isRefusal } from '../contract/refusal.js'
import { runType, stepTypes } from '../contract/runNames.js'
import { openEnded } from '../contract/sentence.js'
import type { EndedHow } from './endedHow.js'
import {
  RefusedError,
  RunCancelledError,
  type RunError,
  RunFailedError,
  RunMediaError,
  RunTerminatedError,
} from './errors.js'
import { remedies } from './remedies.js'

/** Which run ended. */
interface Ended {
  readonly workflowId: string
  /** Workflow type. */
  readonly type: string
}

/** How a run ended without an outcome, as an error that says what to do. */
export function runErrorOf(ended: Ended, failed: WorkflowFailedError, how: EndedHow): RunError {
  const { workflowId, type } = ended
  const { cause } = failed
  if (cause instanceof CancelledFailure) return cancelledError(ended, failed, how)
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

function cancelledError(
  { workflowId, type }: Ended,
  cause: WorkflowFailedError,
  { neverBegan, cancelled }: EndedHow,
): RunError {
  if (neverBegan) return new RunCancelledError(workflowId, nothingMade, { again: anewOf(type), cause })
  const again = madeNothing(cancelled) ? againOf(type) : taskOf(type)
  return new RunCancelledError(workflowId, cancelled, { again, cause })
}

function timeLimitError(
  { workflowId, type }: Ended,
  cause: WorkflowFailedError,
  { neverBegan }: EndedHow,
): RunError {
  const goesOn = neverBegan || stepTypes.includes(type) ? '' : `${remedies.stepsGoOn} `
  const again = neverBegan ? anewOf(type) : taskOf(type)
  return new RunFailedError(workflowId, {
    what: `The run "${workflowId}" ran into its time limit`,
    remedy: `${goesOn}${again} Runs are best started without a time limit.`,
    cause,
  })
}

const nothingMade: Cancelled = { stopped: [], ended: [], left: [], submitUnanswered: false }

/** How the same is done after all, where none of its code ran: a reset has nothing to start from. */
function anewOf(type: string): string {
  return stepTypes.includes(type) ? againOf(type) : 'None of its code ran: start it again.'
}

/** VOD has nothing of it that is billed. Without a word nobody knows. */
function madeNothing(cancelled: Cancelled | undefined): boolean {
  if (cancelled === undefined || cancelled.submitUnanswered) return false
  return cancelled.ended.length === 0 && cancelled.left.length === 0
}

/** How a run finds the tasks that it may have made. */
function taskOf(type: string): string {
  return stepTypes.includes(type) ? remedies.retry : remedies.reset
}

/** How the same is done after all, where nothing was made. */
function againOf(type: string): string {
  if (type === runType) return remedies.rerun
  return stepTypes.includes(type) ? 'Then start it under a new workflow id.' : remedies.reset
}

/** How a batch ended without a report. */
export function batchErrorOf(workflowId: string, failed: WorkflowFailedError): RunError {
  const { cause } = failed
  const words = openEnded(deepest(cause)?.message ?? cause?.message ?? failed.message)
  if (isPlan(workflowId)) {
    return new RunFailedError(workflowId, {
      what: `The plan could not be made: ${words}`,
      remedy: 'Nothing was started. Fix what it says, then plan again.',
      cause: failed,
    })
  }
  if (cause instanceof TerminatedFailure)
    return new RunTerminatedError(workflowId, cause.message, { isStep: false, cause: failed })
  return new RunFailedError(workflowId, {
    what: `The batch "${workflowId}" ended without a report: ${words}`,
    remedy:
      'Its runs go on. Reset it with temporal workflow reset --type FirstWorkflowTask, which runs no item a second time; or fix what it says and start a batch under a new id once its runs have ended: it passes over what is done, unless skipDone is false.',
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

function detailsOf(
  refusal: ApplicationFailure,
): (Details & Pick<RefusedError, 'message' | 'class'>) | undefined {
  const { message, type, details } = refusal
  // A failure of any other type proves nothing: a task may have been made.
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
      readonly again: string
      readonly failed: WorkflowFailedError
    },
): RunError {
  return new RefusedError(workflowId, {
    what,
    message: `The request was refused: ${what}\n${again}`,
    code,
    class: errorClass,
    requestId,
    action,
    remedy: `${openEnded(remedy ?? '')}. ${again}`,
    cause: failed,
  })
}

function crashed(
  workflowId: string,
  { again, failed }: { readonly again: string; readonly failed: WorkflowFailedError },
): RunError {
  const reason = deepest(failed.cause)?.message ?? failed.cause?.message ?? failed.message
  return new RunFailedError(workflowId, {
    what: `The run "${workflowId}" failed: ${openEnded(reason)}`,
    remedy: `See its history in the Temporal UI. ${again}`,
    cause: failed,
  })
}
