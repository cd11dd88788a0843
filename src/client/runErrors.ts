import { type ErrorText, type Remedy, VodflowError } from '../base/vodflowError.js'
import type { ErrorClass } from '../contract/errors.js'
import type { Outcome } from '../contract/outcome.js'
import { type CancelSummary, fatesText } from '../contract/progress.js'
import { openEnded } from '../contract/sentence.js'
import type { SubmitRefusal } from './errorDetails.js'
import { remedies } from './remedies.js'

/** A run ended without an outcome. The classes below say how. */
export abstract class RunError extends VodflowError {
  /** @internal */
  constructor(
    /** Workflow id of the run. */
    readonly workflowId: string,
    problem: ErrorText,
  ) {
    super(problem)
  }
}

/** VOD, or the check before it, refused the request. No task was made and nothing is billed. */
export class RefusedError extends RunError {
  override readonly name = 'RefusedError'
  override readonly code = 'VODFLOW_REFUSED'
  /** Tencent's error code, e.g. `ResourceNotFound.TemplateNotExist`; `InvalidInput` if no call was made. */
  readonly vodCode: string
  /** The class of the error code. */
  readonly class: ErrorClass
  /** Tencent's RequestId, for their support. Empty if no call was made. */
  readonly requestId: string
  /** The API action that was refused. Empty if no call was made. */
  readonly action: string

  /** @internal */
  constructor(workflowId: string, refusal: SubmitRefusal) {
    const { what, remedy, again, cause } = refusal
    super(workflowId, {
      what,
      remedy: remedy === undefined ? again : [`${openEnded(remedy)}.`, again],
      // VOD's answer contains its own remedy, which must not appear twice.
      message: (say) => `The request was refused: ${what}\n${say(again)}`,
      cause,
    })
    this.vodCode = refusal.code
    this.class = refusal.class
    this.requestId = refusal.requestId
    this.action = refusal.action
  }
}

/** The run was canceled. */
export class RunCanceledError extends RunError {
  override readonly name = 'RunCanceledError'
  override readonly code = 'VODFLOW_RUN_CANCELED'

  /** @internal */
  constructor(
    workflowId: string,
    /** The tasks that were stopped, and those that VOD continues and bills. Absent if the run could not report them. */
    readonly canceled: CancelSummary | undefined,
    {
      again = remedies.retry,
      cause,
    }: {
      /** How to run it again. */
      readonly again?: Remedy
      readonly cause?: unknown
    } = {},
  ) {
    super(workflowId, {
      what: `The run "${workflowId}" was canceled${canceled ? `; ${fatesText(canceled)}` : ''}`,
      remedy: canceled?.left.length
        ? 'VOD can abort only a WAITING task. Tasks that go on are billed, and DescribeTaskDetail shows them for 72 hours.'
        : again,
      cause,
    })
  }
}

/** The run was terminated. Its code could not react, so its tasks continue at VOD and are billed. */
export class RunTerminatedError extends RunError {
  override readonly name = 'RunTerminatedError'
  override readonly code = 'VODFLOW_RUN_TERMINATED'

  /** @internal */
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
      readonly again?: Remedy
      readonly cause?: unknown
    },
  ) {
    super(workflowId, {
      what: `The run "${workflowId}" was terminated: ${reason}`,
      remedy: again ?? (isStep ? remedies.terminated : [remedies.stepsGoOn, remedies.preferCancel]),
      cause,
    })
  }
}

/** A workflow of yours failed because the media of one of its steps did not succeed. A run of one step returns its outcome instead. */
export class RunMediaError extends RunError {
  override readonly name = 'RunMediaError'
  override readonly code = 'VODFLOW_RUN_MEDIA'

  constructor(
    workflowId: string,
    /** The outcome of the step. Over 16 KiB it is `truncated`, and the run's progress has the whole. */
    readonly outcome: Outcome,
    { what, cause }: { readonly what: string; readonly cause?: unknown },
  ) {
    super(workflowId, {
      what: `The run "${workflowId}" failed: ${what}`,
      remedy: outcome.status === 'detached' ? detached(outcome) : remedies.media,
      cause,
    })
  }
}

/** Returns how to wait for the tasks of a detached step. Of many, it names the first. */
function detached({ attempts }: Outcome): Remedy {
  const TaskId = attempts.flatMap(({ TaskIds }) => TaskIds)[0] ?? '<TaskId>'
  return [
    {
      remedy: `VOD finishes and bills its tasks: use adopt with each TaskId, such as ${TaskId}, to wait for it, which bills nothing.`,
      command: `VOD finishes and bills its tasks: vodflow adopt ${TaskId} waits for a task, and bills nothing.`,
    },
    remedies.anotherStart,
  ]
}

/** The run failed for a reason that no other error covers. */
export class RunFailedError extends RunError {
  override readonly name = 'RunFailedError'
  override readonly code = 'VODFLOW_RUN_FAILED'
}
