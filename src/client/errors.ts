import type { ErrorClass } from '../contract/errors.js'
import type { GateDecision } from '../contract/gates.js'
import type { Outcome } from '../contract/outcome.js'
import type { Cancelled } from '../contract/progress.js'
import { openEnded } from '../contract/sentence.js'
import { buildText, type Lack } from '../temporal/routing.js'
import { remedies } from './remedies.js'
import { shellWord } from './shellWord.js'

/** Everything that this client throws on purpose. `message` says what happened and ends with the remedy. */
export class VodflowError extends Error {
  override readonly name: string = 'VodflowError'

  constructor(
    /** What happened, without a full stop. */
    readonly what: string,
    /** What to do about it. */
    readonly remedy: string,
    cause?: unknown,
  ) {
    super(`${what}. ${remedy}`, cause === undefined ? undefined : { cause })
  }
}

/** Temporal cannot be reached, does not answer in time, refuses the login, or has no such namespace. */
export class TemporalUnreachableError extends VodflowError {
  override readonly name = 'TemporalUnreachableError'

  constructor(
    readonly target: { readonly address: string; readonly namespace: string },
    problem: { readonly what: string; readonly remedy: string; readonly cause?: unknown },
  ) {
    super(problem.what, problem.remedy, problem.cause)
  }
}

/** The client was closed while it was needed. The run continues. */
export class ClosedError extends VodflowError {
  override readonly name = 'ClosedError'

  constructor() {
    super(
      'This client was closed',
      'Close it after the last result, or connect again: runs go on without it.',
    )
  }
}

/** No worker that may take the tasks polls a task queue that a run needs. A call that starts runs has started nothing. */
export class NoWorkerError extends VodflowError {
  override readonly name = 'NoWorkerError'

  constructor(
    /** The task queues without such a poller. */
    readonly queues: readonly string[],
    remedy: string,
    cause?: unknown,
    /** What is missing: any worker, one of a build, or a current build. */
    readonly lack: Lack = { reason: 'noWorker' },
  ) {
    super(lackText(lack, queues), remedy, cause)
  }
}

/** Why no worker takes the tasks of these queues, without a full stop. */
export function lackText(lack: Lack, queues: readonly string[]): string {
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
  override readonly name = 'NoAnswerError'

  constructor(
    readonly workflowId: string,
    /** The task queue of the run. */
    readonly queue: string,
    cause?: unknown,
  ) {
    super(
      `No worker on the task queue "${queue}" answered for "${workflowId}" in time`,
      'It may be busy, or run another build than the run needs: look at its log, then ask again.',
      cause,
    )
  }
}

/** What a run was started with, returned or answered cannot be read by this client: another codec or another key wrote it, or a query of vodflow's name answers something else. */
export class UnreadableError extends VodflowError {
  override readonly name = 'UnreadableError'

  constructor(
    readonly workflowId: string,
    /** Why it cannot be read. */
    readonly problem: string,
    {
      remedy = 'Give this process the data converter and the keys of the worker of that run, e.g. VODFLOW_PAYLOAD_KEYS.',
      cause,
    }: { readonly remedy?: string; readonly cause?: unknown } = {},
  ) {
    super(
      `What "${workflowId}" was started with, returned or answered cannot be read here: ${problem}`,
      remedy,
      cause,
    )
  }
}

/** The workflow code of a run throws, does not fit its history, or is unknown to its worker: Temporal retries the workflow task until that is fixed. */
export class WorkflowTaskFailingError extends VodflowError {
  override readonly name = 'WorkflowTaskFailingError'

  constructor(
    readonly workflowId: string,
    failing: {
      readonly problem: string
      readonly attempt?: number
      readonly queue: string
      readonly cause?: unknown
    },
  ) {
    const { problem, attempt, queue, cause } = failing
    const fix = `Fix the workflow code and restart the worker of "${queue}"`
    const [what, remedy] =
      attempt === undefined
        ? [`The code of "${workflowId}" cannot answer a query: ${problem}`, `${fix}.`]
        : [
            `The workflow task of "${workflowId}" fails each time it is retried: ${problem}`,
            `${fix}: the run then continues. To end a run as failed, a workflow throws an ApplicationFailure.`,
          ]
    super(what, remedy, cause)
    this.problem = problem
    this.attempt = attempt
    this.queue = queue
  }

  /** What the last attempt, or the query, failed with. */
  readonly problem: string
  /** Number of the current attempt, from 2. Undefined when a query failed: the run itself may still go on. */
  readonly attempt: number | undefined
  /** The task queue of the run. */
  readonly queue: string
}

/** Who has paused a run, or one activity of it, as far as Temporal tells. */
export interface Pause {
  readonly by?: string
  readonly reason?: string
  readonly since?: Date
  /** The activity that is paused; absent where the whole run is. */
  readonly activity?: { readonly id: string; readonly type: string }
}

/** Someone has paused the run or an activity of it: it does not continue until someone unpauses it. */
export class RunPausedError extends VodflowError {
  override readonly name = 'RunPausedError'

  constructor(
    readonly workflowId: string,
    readonly pause: Pause,
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
      remedies.otherRequest,
    )
  }
}

/** `rerun` was asked for while the earlier run is still running. Nothing was started. */
export class RunStillOpenError extends VodflowError {
  override readonly name = 'RunStillOpenError'

  constructor(readonly workflowId: string) {
    super(`The run "${workflowId}" has not ended`, remedies.stillOpen)
  }
}

/** Temporal has no such run. */
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

/** A decision was refused: the gate is decided or does not exist, the run has ended, or a field is missing. */
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
      refusal.earlier ? 'The first decision stands.' : remedies.decideAgain,
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

/** The run was canceled. */
export class RunCancelledError extends RunError {
  override readonly name = 'RunCancelledError'

  constructor(
    workflowId: string,
    /** What was stopped, and what VOD goes on with and bills; absent when the run could not say. */
    readonly cancelled: Cancelled | undefined,
    {
      again = remedies.retry,
      cause,
    }: {
      /** How it is done after all. */
      readonly again?: string
      readonly cause?: unknown
    } = {},
  ) {
    super(workflowId, {
      what: `The run "${workflowId}" was canceled${cancelled ? `; ${fates(cancelled)}` : ''}`,
      remedy: cancelled?.left.length
        ? 'VOD can abort only a WAITING task: what goes on is billed, and DescribeTaskDetail shows it for 72 hours.'
        : again,
      cause,
    })
  }
}

function fates({ stopped, left, ended, submitUnanswered }: Cancelled): string {
  const list = (ids: readonly string[]) => (ids.length === 0 ? 'nothing' : ids.join(', '))
  const open = submitUnanswered ? '; the submit had not answered, so a task may exist' : ''
  return `stopped: ${list(stopped)}; goes on: ${list(left)}; had ended: ${list(ended)}${open}`
}

/** The run was terminated. None of its code ran after that: its tasks continue at VOD and are billed. */
export class RunTerminatedError extends RunError {
  override readonly name = 'RunTerminatedError'

  constructor(
    workflowId: string,
    /** As given by who terminated it. */
    readonly reason: string,
    {
      isStep,
      again,
      cause,
    }: {
      /** It is a run of one step. */
      readonly isStep: boolean
      /** How it is done after all, where none of its code ran. */
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
          : `${remedies.stepsGoOn} Prefer cancel, which stops what can be stopped.`),
      cause,
    })
  }
}

/** A workflow of yours failed because the media of one of its steps did not succeed. A run of one step returns its outcome instead. */
export class RunMediaError extends RunError {
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

/** The run failed in a way that is none of the above. */
export class RunFailedError extends RunError {
  override readonly name = 'RunFailedError'
}
