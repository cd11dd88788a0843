/** The parts of an error's message. */
export interface ErrorText {
  /** The problem, without a full stop. */
  readonly what: string
  /** The action that fixes the problem. */
  readonly remedy: string
  readonly cause?: unknown
  /** Default: both of the above. */
  readonly message?: string
}

/** The root of all errors that vodflow throws. Each has a `code` that stays the same when its message changes. */
export abstract class VodflowError extends Error {
  /** Identifies the class of the error, e.g. in logs. It never changes. */
  abstract readonly code: `VODFLOW_${string}`
  /** The problem, without a full stop. */
  readonly what: string
  /** The action that fixes the problem. */
  readonly remedy: string

  /** @internal */
  constructor({ what, remedy, cause, message = `${what}. ${remedy}` }: ErrorText) {
    super(message, cause === undefined ? undefined : { cause })
    this.what = what
    this.remedy = remedy
  }
}
