import { type ErrorText, type Remedy, VodflowError } from '../base/vodflowError.js'
import type { GateDecision } from '../contract/gates.js'
import type { Outcome } from '../contract/outcome.js'
import { openEnded } from '../contract/sentence.js'
import { buildText, type NoWorkerDetails } from '../temporal/routing.js'
import type { RequestDifference, RunPause } from './errorDetails.js'
import { remedyOfFailing } from './failingTask.js'
import { remedies } from './remedies.js'
import { shellWord } from './shellWord.js'
import type { UnreadableResult } from './unreadableResult.js'

/** Temporal cannot be reached, does not answer in time, denies access, or has no such namespace. */
export class TemporalUnreachableError extends VodflowError {
  override readonly name = 'TemporalUnreachableError'
  override readonly code = 'VODFLOW_TEMPORAL_UNREACHABLE'

  /** @internal */
  constructor(
    /** The address and the namespace that could not be reached. */
    readonly target: { readonly address: string; readonly namespace: string },
    problem: ErrorText,
  ) {
    super(problem)
  }
}

/** The client was closed during a call. The run continues. */
export class ClosedError extends VodflowError {
  override readonly name = 'ClosedError'
  override readonly code = 'VODFLOW_CLOSED'

  constructor() {
    super({
      what: 'This client was closed',
      remedy: 'Close it after the last result, or connect again: runs continue without it.',
    })
  }
}

/** A run needs a task queue that no suitable worker polls. A call that starts runs has started nothing. */
export class NoWorkerError extends VodflowError {
  override readonly name = 'NoWorkerError'
  override readonly code = 'VODFLOW_NO_WORKER'

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
    super({ what: `${endedText(outcome)}${lackText(details, queues)}`, remedy, cause })
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
  override readonly name = 'NoAnswerError'
  override readonly code = 'VODFLOW_NO_ANSWER'

  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
    /** The task queue of the run. */
    readonly queue: string,
    cause?: unknown,
    /** If the run has ended: its outcome without what only a worker can answer. */
    readonly outcome?: Outcome,
  ) {
    super({
      what: `${endedText(outcome)}No worker on the task queue "${queue}" answered for "${workflowId}" in time`,
      remedy:
        'The worker may be busy, it may have stopped within the last 90 s, or it may have another build than the run needs. Check its log, then try again.',
      cause,
    })
  }
}

/** This client cannot read the input, result or answer of a run: another codec or key wrote it, or its format is not vodflow's. */
export class UnreadableError extends VodflowError {
  override readonly name = 'UnreadableError'
  override readonly code = 'VODFLOW_UNREADABLE'

  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
    /** The reason why it cannot be read. */
    readonly problem: string,
    {
      remedy = 'Give this process the keys of the worker of that run, e.g. VODFLOW_PAYLOAD_KEYS. If that worker has a data converter of its own, the command line cannot read the run: use connect({ dataConverter }) or the Temporal UI.',
      cause,
    }: { readonly remedy?: string | undefined; readonly cause?: unknown } = {},
  ) {
    super({
      what: `The input, result or answer of "${workflowId}" cannot be read here: ${problem}`,
      remedy,
      cause,
    })
  }
}

/** The code of a run throws, does not fit its history or is unknown to its worker. Temporal retries its workflow task until it is fixed. */
export class WorkflowTaskFailingError extends VodflowError {
  override readonly name = 'WorkflowTaskFailingError'
  override readonly code = 'VODFLOW_WORKFLOW_TASK_FAILING'

  /** @internal */
  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
    failing: {
      readonly problem: string
      readonly attempt?: number | undefined
      readonly queue: string
      /** The workflow type of the run. */
      readonly type: string
      /** The end of an activity because of which it fails. */
      readonly result?: UnreadableResult | undefined
      readonly cause?: unknown
    },
  ) {
    const { problem, attempt, queue, cause } = failing
    const what =
      attempt === undefined
        ? `The code of "${workflowId}" cannot answer a query: ${problem}`
        : `The workflow task of "${workflowId}" fails each time it is retried: ${problem}`
    super({ what, remedy: remedyOfFailing(workflowId, failing), cause })
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
  override readonly name = 'RunPausedError'
  override readonly code = 'VODFLOW_RUN_PAUSED'

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
    super({
      what: `${what} is paused${when}${who}${why}`,
      remedy: `To continue it: ${command}`,
      cause,
    })
  }
}

/** The workflow id belongs to a run that was started with another request. Nothing was started. */
export class RequestMismatchError extends VodflowError {
  override readonly name = 'RequestMismatchError'
  override readonly code = 'VODFLOW_REQUEST_MISMATCH'

  /** @internal */
  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
    /** Fields that differ between the request and the run. */
    readonly differences: readonly RequestDifference[],
    remedy: Remedy = remedies.otherRequest,
  ) {
    const found = differences.map(({ field, was, is }) => `${field} was ${was}, is ${is}`).join('; ')
    super({ what: `The run "${workflowId}" was started with another request: ${found}`, remedy })
  }
}

/** `rerun` was called while the earlier run was still running. Nothing was started. */
export class RunStillOpenError extends VodflowError {
  override readonly name = 'RunStillOpenError'
  override readonly code = 'VODFLOW_RUN_STILL_OPEN'

  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
  ) {
    super({ what: `The run "${workflowId}" has not ended`, remedy: remedies.stillOpen })
  }
}

/** Temporal has no such run. */
export class RunNotFoundError extends VodflowError {
  override readonly name = 'RunNotFoundError'
  override readonly code = 'VODFLOW_RUN_NOT_FOUND'

  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
    cause?: unknown,
  ) {
    super({
      what: `Temporal has no run "${workflowId}"`,
      remedy:
        'Check the workflow id and the namespace. Temporal keeps a run that has ended for the retention period of the namespace.',
      cause,
    })
  }
}

/** A decision was refused: the gate is decided or does not exist, the run has ended, or a field is missing. */
export class DecisionRefusedError extends VodflowError {
  override readonly name = 'DecisionRefusedError'
  override readonly code = 'VODFLOW_DECISION_REFUSED'
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
    super({
      what: `The decision on gate "${refusal.gate}" of "${workflowId}" was refused: ${refusal.what}`,
      remedy: refusal.earlier ? 'The first decision stands.' : remedies.decideAgain,
      cause: refusal.cause,
    })
    this.gate = refusal.gate
    this.earlier = refusal.earlier
  }
}
