import type { ErrorClass } from '../vod/errors.js'
import type { Outcome } from '../vod/outcome.js'
import type { GateDecision } from '../workflows/gates/contract.js'
import type { Cancelled } from '../workflows/progress.js'

/** Everything that this client throws on purpose. `message` says what happened and ends with the remedy. */
export class VodflowError extends Error {
  override readonly name: string = 'VodflowError'

  constructor(
    what: string,
    /** What to do about it. */
    readonly remedy: string,
    cause?: unknown,
  ) {
    super(`${what}. ${remedy}`, cause === undefined ? undefined : { cause })
  }
}

/** Temporal cannot be reached, does not answer in time, lets nobody in, or has no such namespace. */
export class TemporalUnreachableError extends VodflowError {
  override readonly name = 'TemporalUnreachableError'

  constructor(
    readonly target: { readonly address: string; readonly namespace: string },
    problem: { readonly what: string; readonly remedy: string; readonly cause?: unknown },
  ) {
    super(problem.what, problem.remedy, problem.cause)
  }
}

/** The client was closed while it was needed. The run goes on. */
export class ClosedError extends VodflowError {
  override readonly name = 'ClosedError'

  constructor() {
    super(
      'This client was closed',
      'Close it after the last result, or connect again: runs go on without it.',
    )
  }
}

/** No worker asks for work on a queue that the run needs. Nothing was started. */
export class NoWorkerError extends VodflowError {
  override readonly name = 'NoWorkerError'

  constructor(
    /** The task queues without a poller. */
    readonly queues: readonly string[],
    remedy: string,
    cause?: unknown,
  ) {
    super(`No worker polls ${queues.map((queue) => `"${queue}"`).join(', ')}`, remedy, cause)
  }
}

/** One field in which two requests differ. Long values are cut to the part that differs. */
export interface Difference {
  /** `ProcedureName`, `TasksPriority`, ..., or `key`, `account`, `workflowType`. */
  readonly field: string
  /** What the run was started with, as JSON; `not set` when it is absent. */
  readonly was: string
  /** What was asked for now. */
  readonly is: string
}

/** The workflow id belongs to a run that was started with another request. Nothing was started. */
export class RequestMismatchError extends VodflowError {
  override readonly name = 'RequestMismatchError'

  constructor(
    readonly workflowId: string,
    readonly differences: readonly Difference[],
  ) {
    super(
      `The run "${workflowId}" was started with another request: ${differences.map(({ field, was, is }) => `${field} was ${was}, is ${is}`).join('; ')}`,
      'Send the same request to attach to it, give a workflowId of its own to run beside it, or use rerun with a reason once it has ended.',
    )
  }
}

/** `rerun` was asked for while the earlier run still goes on. Nothing was started. */
export class RunStillOpenError extends VodflowError {
  override readonly name = 'RunStillOpenError'

  constructor(readonly workflowId: string) {
    super(
      `The run "${workflowId}" has not ended`,
      'Attach to it (process with the same request, or attach), or cancel it and wait for its end before you rerun it.',
    )
  }
}

/** Temporal knows no such run. */
export class RunNotFoundError extends VodflowError {
  override readonly name = 'RunNotFoundError'

  constructor(
    readonly workflowId: string,
    cause?: unknown,
  ) {
    super(
      `Temporal has no run "${workflowId}"`,
      'Check the workflow id and the namespace; a run that has ended is forgotten after the retention time of the namespace.',
      cause,
    )
  }
}

/** A decision was not taken: the gate is decided already or not there, the run has ended, or something is missing. */
export class DecisionRefusedError extends VodflowError {
  override readonly name = 'DecisionRefusedError'
  readonly gate: string
  /** The decision that stands; absent when there is none. */
  readonly earlier: GateDecision | undefined

  constructor(
    readonly workflowId: string,
    refusal: {
      readonly gate: string
      readonly what: string
      readonly earlier?: GateDecision | undefined
      readonly cause?: unknown
    },
  ) {
    super(
      `The decision on gate "${refusal.gate}" of "${workflowId}" was not taken: ${refusal.what}`,
      refusal.earlier
        ? 'The first decision stands.'
        : 'See which gates wait, of which run, with gates(workflowId), then decide again.',
      refusal.cause,
    )
    this.gate = refusal.gate
    this.earlier = refusal.earlier
  }
}

/** A run ended without an outcome. */
export class RunError extends VodflowError {
  override readonly name: string = 'RunError'

  constructor(
    readonly workflowId: string,
    problem: { readonly what: string; readonly remedy: string; readonly cause?: unknown },
  ) {
    super(problem.what, problem.remedy, problem.cause)
  }
}

/** VOD, or the check before it, refused the request: no task was made and nothing is billed. */
export class RefusedError extends RunError {
  override readonly name = 'RefusedError'
  /** Tencent's error code, e.g. `ResourceNotFound.TemplateNotExist`; `InvalidInput` when it never got that far. */
  readonly code: string
  /** What kind of error the code is. */
  readonly class: ErrorClass
  /** Tencent's RequestId, for their support; empty when no call was made. */
  readonly requestId: string
  /** The API action that was refused; empty when no call was made. */
  readonly action: string

  constructor(workflowId: string, refusal: Refusal) {
    super(workflowId, refusal)
    // VOD's answer carries its own remedy: it is not said twice.
    this.message = refusal.message
    this.code = refusal.code
    this.class = refusal.class
    this.requestId = refusal.requestId
    this.action = refusal.action
  }
}

/** What {@link RefusedError} is made of. */
export interface Refusal {
  readonly what: string
  readonly message: string
  readonly code: string
  readonly class: ErrorClass
  readonly requestId: string
  readonly action: string
  readonly remedy: string
  readonly cause?: unknown
}

/** The run was cancelled. */
export class RunCancelledError extends RunError {
  override readonly name = 'RunCancelledError'

  constructor(
    workflowId: string,
    /** What was stopped, and what VOD goes on with and bills; absent when the run could not say. */
    readonly cancelled: Cancelled | undefined,
    cause?: unknown,
  ) {
    super(workflowId, {
      what: `The run "${workflowId}" was cancelled${cancelled ? `; ${fates(cancelled)}` : ''}`,
      remedy: cancelled?.left.length
        ? 'VOD can abort only a WAITING task: what goes on is billed, and DescribeTaskDetail shows it for 72 hours.'
        : 'Use rerun with a reason to do it after all.',
      cause,
    })
  }
}

function fates({ stopped, left, ended, submitUnanswered }: Cancelled): string {
  const list = (ids: readonly string[]) => (ids.length === 0 ? 'nothing' : ids.join(', '))
  const open = submitUnanswered ? '; the submit had not answered, so a task may exist' : ''
  return `stopped: ${list(stopped)}; goes on: ${list(left)}; had ended: ${list(ended)}${open}`
}

/** Somebody terminated the run. No code of it ran any more: its tasks go on at VOD, billed. */
export class RunTerminatedError extends RunError {
  override readonly name = 'RunTerminatedError'

  constructor(
    workflowId: string,
    /** As given by who terminated it. */
    readonly reason: string,
    cause?: unknown,
  ) {
    super(workflowId, {
      what: `The run "${workflowId}" was terminated: ${reason}`,
      remedy:
        'Its tasks go on at VOD, billed: retry waits for them after all. Prefer cancel, which stops what can be stopped.',
      cause,
    })
  }
}

/** Some sub-tasks failed, and the run was started with `onPartial: 'fail'`. */
export class RunPartialError extends RunError {
  override readonly name = 'RunPartialError'

  constructor(
    workflowId: string,
    /** What became of it; what succeeded is there. */
    readonly outcome: Outcome,
    cause?: unknown,
  ) {
    super(workflowId, {
      what: `The run "${workflowId}" succeeded only in part: ${outcome.reason}`,
      remedy: "Use the outcome as it is, or use rerun with onPartial: 'repair' and a reason.",
      cause,
    })
  }
}

/** The run failed in a way that is none of the above. */
export class RunFailedError extends RunError {
  override readonly name = 'RunFailedError'
}
