import type { Advice } from '../base/vodflowError.js'
import type { ErrorClass } from '../contract/errors.js'

/** The pause of a run or of one of its activities, as far as Temporal reports it. */
export interface RunPause {
  /** Identity of the operator who paused it. Absent if Temporal does not know it. */
  readonly by?: string
  /** Reason that the operator gave. Absent if there is none. */
  readonly reason?: string
  /** Time of the pause. Absent if Temporal does not know it. */
  readonly since?: Date
  /** The paused activity. Absent if the whole run is paused. */
  readonly activity?: { readonly id: string; readonly type: string }
}

/** A field in which two requests differ. Long values are cut to the part that differs. */
export interface RequestDifference {
  /** `ProcedureName`, `TasksPriority`, ..., or `key`, `account`, `workflowType`. */
  readonly field: string
  /** The value that the run was started with, as JSON. `not set` if it is absent. */
  readonly was: string
  /** The value in the new request. */
  readonly is: string
}

/** The fields of a {@link RefusedError}. */
export interface SubmitRefusal {
  /** What was refused, without the remedy. */
  readonly what: string
  /** Tencent's error code. */
  readonly code: string
  /** Class of the error, which decides whether a retry can help. */
  readonly class: ErrorClass
  /** Id of the call, for a ticket to Tencent. Empty if no call was made. */
  readonly requestId: string
  /** Action of VOD's API. */
  readonly action: string
  /** What to do about it. */
  readonly remedy: string | undefined
  /** How to run it again. */
  readonly again: string | Advice
  /** The failure that Temporal returned. */
  readonly cause?: unknown
}
