import type { SubmitAction } from './actions.js'
import type { StepDelays } from './delays.js'
import type { Outcome, PartialOutcome, SucceededOutcome } from './outcome.js'
import type { StepRequest } from './requests.js'

/**
 * The input of a step, or of a run of one step. It is plain JSON, so that any Temporal SDK or the CLI can start a run.
 */
export interface StepInput<A extends SubmitAction = SubmitAction> {
  /** The action's own fields with Tencent's names, without `SessionId`, which vodflow sets. */
  readonly request: StepRequest<A>
  /** The alias of the Tencent account on the worker. Default `default`. */
  readonly account?: string | undefined
  /**
   * The key of the step, unique in its run, 1 to 200 printable ASCII characters. Default: derived from the request, so to send the same
   * request twice in one workflow, pass keys.
   */
  readonly key?: string | undefined
  /**
   * The name of the work everywhere. VOD makes one task for it within 7 days (3 for actions other than ProcessMediaByProcedure), no matter
   * which workflow, cluster or language submits it. Account alias, SubAppId and action are part of the name. 1 to 200 printable
   * ASCII characters. Default: the run and `key` name the work.
   */
  readonly idempotencyKey?: string | undefined
  /** Pass `false` if no event can reach this run. Its tasks are then read every few seconds to minutes. Default `true`. */
  readonly callbacks?: boolean | undefined
  /**
   * What to do if some sub-tasks fail: `fail` (default) the step, `accept` the partial outcome, or `repair`: submit only the failed
   * sub-tasks again, at most twice. A step that is still partial after that fails.
   */
  readonly onPartial?: 'accept' | 'fail' | 'repair' | undefined
  /**
   * What to do if the media do not succeed: `throw` (default) a failure of the type `MediaPartial`, `MediaFailed`, `MediaAborted`,
   * `MediaUnknown` or `MediaDetached`, or `return` the outcome, regardless of its status.
   */
  readonly onFailure?: 'throw' | 'return' | undefined
  /** The delays of the step. Mainly for tests. */
  readonly delays?: StepDelays | undefined
}

/** What a batch adds to the input of the runs that it starts. Every other run is refused with it. */
export interface ReportsToBatch {
  /** The workflow id of the batch to which the step reports its end. */
  readonly report?: string | undefined
}

/** The options with which a step returns an outcome instead of throwing. */
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

/**
 * A function whose options determine which outcomes it returns. It throws for any other outcome. `Known` has the members that are always
 * known of a success.
 */
export interface StepFunction<Input, Known = unknown> {
  /** Returns success, and throws for every other outcome. */
  (input: Input & TakesSuccess): Promise<SucceededOutcome & Known>
  /** Returns success or a partial outcome, and throws for every other one. */
  (input: Input & TakesPartial): Promise<(SucceededOutcome & Known) | PartialOutcome>
  /** Returns every outcome. */
  (input: Input & TakesEverything): Promise<AnyOutcome<Known>>
  /** Returns what the options say, where the compiler does not know them. */
  (input: Input): Promise<AnyOutcome<Known>>
}

/** Every outcome of a step. */
export type AnyOutcome<Known> = (SucceededOutcome & Known) | Exclude<Outcome, SucceededOutcome>

/** The input of a run of `processMediaByProcedure`. */
export type RunInput = StepInput<'ProcessMediaByProcedure'>

/** The input of a run of `adoptTask`: a task that was submitted elsewhere. Plain JSON. */
export interface AdoptInput {
  /** Id of the task, 1 to 200 characters. */
  readonly TaskId: string
  /** Id of the sub-app of the task. Default: the sub-app that VOD chooses for the account. */
  readonly SubAppId?: number | undefined
  /** Default `default`. */
  readonly account?: string | undefined
  /** See {@link StepInput.onPartial}. An adopted task is not repaired. */
  readonly onPartial?: 'accept' | 'fail' | undefined
  /** See {@link StepInput.onFailure}. */
  readonly onFailure?: 'throw' | 'return' | undefined
  /** Delays of the step. Shorten them for tests. */
  readonly delays?: StepDelays | undefined
}
