import type { SubmitAction } from './actions.js'
import type { StepDelays } from './delays.js'
import type { Outcome, PartialOutcome, SucceededOutcome } from './outcome.js'
import type { StepRequest } from './requests.js'

/**
 * What a step, or a run of one, is given: plain JSON, so that any Temporal SDK or the CLI can start one. Types only:
 * workflows import this file.
 */
export interface StepInput<A extends SubmitAction = SubmitAction> {
  /** The action's own fields as Tencent spells them, without `SessionId`, which is ours. */
  readonly request: StepRequest<A>
  /** Alias of the Tencent account, known to the worker. Default `default`. */
  readonly account?: string | undefined
  /**
   * Names the step inside its run, 1 to 200 printable ASCII characters. Default: what the request asks for, so the same request
   * twice in one workflow needs keys.
   */
  readonly key?: string | undefined
  /**
   * Names the work everywhere: VOD makes one task for it within 7 days (3 for actions other than ProcessMediaByProcedure), from
   * whichever workflow, cluster or language it is asked. Account alias, SubAppId and action belong to the name. 1 to 200 printable
   * ASCII characters. Default: the run and `key` name the work.
   */
  readonly idempotencyKey?: string | undefined
  /** `false` where no event can reach this run; its tasks are then read every few seconds to minutes. Default `true`. */
  readonly callbacks?: boolean | undefined
  /**
   * When some sub-tasks fail: `fail` (default) the step, `accept` the partial outcome, or `repair`: submit what failed once more, at
   * most twice, and nothing that succeeded. A step that is still partial after that fails.
   */
  readonly onPartial?: 'accept' | 'fail' | 'repair' | undefined
  /**
   * When the media does not succeed, `throw` (default) a failure of the type `MediaPartial`, `MediaFailed`, `MediaAborted`,
   * `MediaUnknown` or `MediaDetached`, or `return` the outcome, whatever its status.
   */
  readonly onFailure?: 'throw' | 'return' | undefined
  /** Workflow id of the batch that is told how the step ended. */
  readonly report?: string | undefined
  /** When the step looks by itself, ms; for tests and people in a hurry. */
  readonly delays?: StepDelays | undefined
}

/** Ends of a step that its caller takes as a value. */
export interface TakesEverything {
  /** `return` returns every outcome. */
  readonly onFailure: 'return'
}
/** The options of a caller that takes a partial outcome as a value. */
export interface TakesPartial {
  /** `accept` returns a partial outcome. */
  readonly onPartial: 'accept'
  /** `throw` (default) throws for every outcome that is not returned. */
  readonly onFailure?: 'throw' | undefined
}
/** The options of a caller that takes only success as a value. */
export interface TakesSuccess {
  /** `fail` (default) or `repair` throws for a partial outcome. */
  readonly onPartial?: 'fail' | 'repair' | undefined
  /** `throw` (default) throws for every outcome but success. */
  readonly onFailure?: 'throw' | undefined
}

/** A function whose options say which outcomes it returns. It throws for every other one. */
export interface StepFunction<Input> {
  /** Returns success, and throws for every other outcome. */
  (input: Input & TakesSuccess): Promise<SucceededOutcome>
  /** Returns success or a partial outcome, and throws for every other one. */
  (input: Input & TakesPartial): Promise<SucceededOutcome | PartialOutcome>
  /** Returns every outcome. */
  (input: Input & TakesEverything): Promise<Outcome>
  /** Returns what the options say, where the compiler does not know them. */
  (input: Input): Promise<Outcome>
}

/** What a run of `processMediaByProcedure` is given. */
export type RunInput = StepInput<'ProcessMediaByProcedure'>

/** What a run of `adoptTask` is given: a task that somebody else has submitted. Plain JSON. */
export interface AdoptInput {
  /** Id of the task, 1 to 200 characters. */
  readonly TaskId: string
  /** Id of the sub-app of the task. Default: the sub-app that VOD chooses for the account. */
  readonly SubAppId?: number | undefined
  /** Default `default`. */
  readonly account?: string
  /** As of {@link StepInput.onPartial}; a task that somebody else has submitted is not repaired. */
  readonly onPartial?: 'accept' | 'fail' | undefined
  /** As of {@link StepInput.onFailure}. */
  readonly onFailure?: 'throw' | 'return' | undefined
  /** Delays of the step. Shorten them for tests. */
  readonly delays?: StepDelays | undefined
}
