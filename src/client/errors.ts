import type { ErrorClass } from '../contract/errors.js'
import type { GateDecision } from '../contract/gates.js'
import type { Outcome } from '../contract/outcome.js'
import type { CancelSummary } from '../contract/progress.js'
import { openEnded } from '../contract/sentence.js'
import { buildText, type NoWorkerDetails } from '../temporal/routing.js'
import type { RequestDifference, RunPause, SubmitRefusal } from './errorDetails.js'
import { remedyOfFailing } from './failingTask.js'
import { remedies } from './remedies.js'
import { shellWord } from './shellWord.js'

/** Base class of the errors that this client throws. `message` says what happened and ends with the remedy. */
export class VodflowError extends Error {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name: string = 'VodflowError'

  constructor(
    /** The problem, without a full stop. */
    readonly what: string,
    /** The action that fixes the problem. */
    readonly remedy: string,
    cause?: unknown,
  ) {
    super(`${what}. ${remedy}`, cause === undefined ? undefined : { cause })
  }
}

/** Temporal cannot be reached, does not answer in time, denies access, or has no such namespace. */
export class TemporalUnreachableError extends VodflowError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'TemporalUnreachableError'

  constructor(
    /** The address and the namespace that could not be reached. */
    readonly target: { readonly address: string; readonly namespace: string },
    problem: { readonly what: string; readonly remedy: string; readonly cause?: unknown },
  ) {
    super(problem.what, problem.remedy, problem.cause)
  }
}

/** The client was closed during a call. The run continues. */
export class ClosedError extends VodflowError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'ClosedError'

  constructor() {
    super('This client was closed', 'Close it after the last result, or connect again. Runs continue.')
  }
}

/** A run needs a task queue that no suitable worker polls. A call that starts runs has started nothing. */
export class NoWorkerError extends VodflowError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'NoWorkerError'

  constructor(
    /** The task queues without such a poller. */
    readonly queues: readonly string[],
    remedy: string,
    cause?: unknown,
    /** The missing part: any worker, a worker of a build, or a current build. */
    readonly details: NoWorkerDetails = { reason: 'noWorker' },
    /** If the run has ended: its outcome without what only a worker can answer. */
    readonly outcome?: Outcome,
  ) {
    super(`${endedText(outcome)}${lackText(details, queues)}`, remedy, cause)
  }
}

/** Returns what Temporal has of an outcome, as the sentence before one that says why there is no more of it. */
function endedText(outcome: Outcome | undefined): string {
  return outcome ? `The run ended ${outcome.status}: ${openEnded(outcome.reason)}. ` : ''
}

/** Returns the reason why no worker takes the tasks of these queues, without a period. */
export function lackText(lack: NoWorkerDetails, queues: readonly string[]): string {
  const names = queues.map((queue) => `"${queue}"`).join(', ')
  switch (lack.reason) {
    case 'noWorker':
      return `No worker polls ${names}`
    case 'noWorkerOfBuild':
      return `No worker of ${lack.pinned ? 'its build' : `the ${lack.ramping ? 'ramping' : 'current'} build`} "${buildText(lack.build)}" polls ${names}`
    case 'noCurrentVersion':
      return `Only workers of builds poll ${names}, and no build is the current one`
  }
}

/** A worker polls the task queue of a run, but none answers for the run. */
export class NoAnswerError extends VodflowError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'NoAnswerError'

  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
    /** The task queue of the run. */
    readonly queue: string,
    cause?: unknown,
    /** If the run has ended: its outcome without what only a worker can answer. */
    readonly outcome?: Outcome,
  ) {
    super(
      `${endedText(outcome)}No worker on the task queue "${queue}" answered for "${workflowId}" in time`,
      'The worker may be busy, or have another build than the run needs. Check its log, then try again.',
      cause,
    )
  }
}

/** This client cannot read the input, result or answer of a run: another codec or key wrote it, or its format is not vodflow's. */
export class UnreadableError extends VodflowError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'UnreadableError'

  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
    /** The reason why it cannot be read. */
    readonly problem: string,
    {
      remedy = 'Configure this process with the data converter and keys of the worker of that run, e.g. VODFLOW_PAYLOAD_KEYS.',
      cause,
    }: { readonly remedy?: string; readonly cause?: unknown } = {},
  ) {
    super(`The input, result or answer of "${workflowId}" cannot be read here: ${problem}`, remedy, cause)
  }
}

/** The code of a run throws, does not fit its history or is unknown to its worker. Temporal retries its workflow task until it is fixed. */
export class WorkflowTaskFailingError extends VodflowError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'WorkflowTaskFailingError'

  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
    failing: {
      readonly problem: string
      readonly attempt?: number
      readonly queue: string
      /** The workflow type of the run. */
      readonly type: string
      readonly cause?: unknown
    },
  ) {
    const { problem, attempt, queue, cause } = failing
    const what =
      attempt === undefined
        ? `The code of "${workflowId}" cannot answer a query: ${problem}`
        : `The workflow task of "${workflowId}" fails each time it is retried: ${problem}`
    super(what, remedyOfFailing(failing), cause)
    this.problem = problem
    this.attempt = attempt
    this.queue = queue
  }

  /** The error of the last attempt, or of the query. */
  readonly problem: string
  /** Number of the current attempt, from 2. Undefined if a query failed, because the run itself may continue. */
  readonly attempt: number | undefined
  /** The task queue of the run. */
  readonly queue: string
}

/** The run or one of its activities is paused. It does not continue until it is unpaused. */
export class RunPausedError extends VodflowError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'RunPausedError'

  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
    /** Who paused it, when and why. */
    readonly pause: RunPause,
    cause?: unknown,
  ) {
    const { by, reason, since, activity } = pause
    const what = activity ? `The activity "${activity.type}" of "${workflowId}"` : `The run "${workflowId}"`
    const when = since ? ` since ${since.toISOString()}` : ''
    const who = by === undefined ? '' : ` by ${by}`
    const why = reason === undefined ? '' : `: ${openEnded(reason)}`
    const which = `--workflow-id ${shellWord(workflowId)}`
    const command = activity
      ? `temporal activity unpause ${which} --activity-id ${shellWord(activity.id)}`
      : `temporal workflow unpause ${which}`
    super(`${what} is paused${when}${who}${why}`, `It continues after ${command}.`, cause)
  }
}

/** The workflow id belongs to a run that was started with another request. Nothing was started. */
export class RequestMismatchError extends VodflowError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'RequestMismatchError'

  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
    /** Fields that differ between the request and the run. */
    readonly differences: readonly RequestDifference[],
  ) {
    super(
      `The run "${workflowId}" was started with another request: ${differences.map(({ field, was, is }) => `${field} was ${was}, is ${is}`).join('; ')}`,
      remedies.otherRequest,
    )
  }
}

/** `rerun` was called while the earlier run was still running. Nothing was started. */
export class RunStillOpenError extends VodflowError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'RunStillOpenError'

  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
  ) {
    super(`The run "${workflowId}" has not ended`, remedies.stillOpen)
  }
}

/** Temporal has no such run. */
export class RunNotFoundError extends VodflowError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'RunNotFoundError'

  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
    cause?: unknown,
  ) {
    super(
      `Temporal has no run "${workflowId}"`,
      'Check the workflow id and the namespace. Temporal keeps a run that has ended for the retention period of the namespace.',
      cause,
    )
  }
}

/** A decision was refused: the gate is decided or does not exist, the run has ended, or a field is missing. */
export class DecisionRefusedError extends VodflowError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'DecisionRefusedError'
  /** Name of the gate. */
  readonly gate: string
  /** The decision that stands, if there is one. */
  readonly earlier: GateDecision | undefined

  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
    refusal: {
      readonly gate: string
      readonly what: string
      readonly earlier?: GateDecision | undefined
      readonly cause?: unknown
    },
  ) {
    super(
      `The decision on gate "${refusal.gate}" of "${workflowId}" was refused: ${refusal.what}`,
      refusal.earlier ? 'The first decision stands.' : remedies.decideAgain,
      refusal.cause,
    )
    this.gate = refusal.gate
    this.earlier = refusal.earlier
  }
}

/** A run ended without an outcome. */
export class RunError extends VodflowError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name: string = 'RunError'

  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
    problem: { readonly what: string; readonly remedy: string; readonly cause?: unknown },
  ) {
    super(problem.what, problem.remedy, problem.cause)
  }
}

/** VOD, or the check before it, refused the request. No task was made and nothing is billed. */
export class RefusedError extends RunError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'RefusedError'
  /** Tencent's error code, e.g. `ResourceNotFound.TemplateNotExist`; `InvalidInput` if no call was made. */
  readonly code: string
  /** The class of the error code. */
  readonly class: ErrorClass
  /** Tencent's RequestId, for their support. Empty if no call was made. */
  readonly requestId: string
  /** The API action that was refused. Empty if no call was made. */
  readonly action: string

  constructor(workflowId: string, refusal: SubmitRefusal) {
    super(workflowId, refusal)
    // VOD's answer contains its own remedy, which must not appear twice.
    this.message = refusal.message
    this.code = refusal.code
    this.class = refusal.class
    this.requestId = refusal.requestId
    this.action = refusal.action
  }
}

/** The run was canceled. */
export class RunCancelledError extends RunError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'RunCancelledError'

  constructor(
    workflowId: string,
    /** The tasks that were stopped, and those that VOD continues and bills. Absent if the run could not report them. */
    readonly cancelled: CancelSummary | undefined,
    {
      again = remedies.retry,
      cause,
    }: {
      /** How to run it again. */
      readonly again?: string
      readonly cause?: unknown
    } = {},
  ) {
    super(workflowId, {
      what: `The run "${workflowId}" was canceled${cancelled ? `; ${fates(cancelled)}` : ''}`,
      remedy: cancelled?.left.length
        ? 'VOD can abort only a WAITING task. Tasks that go on are billed, and DescribeTaskDetail shows them for 72 hours.'
        : again,
      cause,
    })
  }
}

function fates({ stopped, left, ended, submitUnanswered }: CancelSummary): string {
  const list = (ids: readonly string[]) => (ids.length === 0 ? 'nothing' : ids.join(', '))
  const open = submitUnanswered ? '; the submit got no answer, so a task may exist' : ''
  return `stopped: ${list(stopped)}; goes on: ${list(left)}; had ended: ${list(ended)}${open}`
}

/** The run was terminated. Its code could not react, so its tasks continue at VOD and are billed. */
export class RunTerminatedError extends RunError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'RunTerminatedError'

  constructor(
    workflowId: string,
    /** The reason of the termination. */
    readonly reason: string,
    {
      isStep,
      again,
      cause,
    }: {
      /** True for a run of one step. */
      readonly isStep: boolean
      /** How to run it again, if none of its code ran. */
      readonly again?: string
      readonly cause?: unknown
    },
  ) {
    super(workflowId, {
      what: `The run "${workflowId}" was terminated: ${reason}`,
      remedy:
        again ??
        (isStep
          ? remedies.terminated
          : `${remedies.stepsGoOn} Prefer cancel, which stops the tasks that can be stopped.`),
      cause,
    })
  }
}

/** A workflow of yours failed because the media of one of its steps did not succeed. A run of one step returns its outcome instead. */
export class RunMediaError extends RunError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'RunMediaError'

  constructor(
    workflowId: string,
    /** The outcome of the step. Over 16 KiB it is `truncated`, and the run's progress has the whole. */
    readonly outcome: Outcome,
    { what, cause }: { readonly what: string; readonly cause?: unknown },
  ) {
    super(workflowId, {
      what: `The run "${workflowId}" failed: ${what}`,
      remedy: remedies.media,
      cause,
    })
  }
}

/** The run failed for a reason that no other error covers. */
export class RunFailedError extends RunError {
  /** Name of the class. It survives where `instanceof` does not: in logs and across copies of the package. */
  override readonly name = 'RunFailedError'
}
