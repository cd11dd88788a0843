import type { RequestOf } from '../vod/api.js'
import type { SubmitAction } from './actions.js'
import type { StepDelays } from './delays.js'
import type { Outcome, PartialOutcome, SucceededOutcome } from './outcome.js'

/** The fields of an action, without `SessionId`. */
export type StepRequest<A extends SubmitAction> = A extends SubmitAction
  ? Omit<RequestOf<A>, 'SessionId'>
  : never

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
  /** The workflow id of the batch to which the step reports its end. */
  readonly report?: string | undefined
  /** The delays of the step, in ms. Mainly for tests. */
  readonly delays?: StepDelays | undefined
}

/** The options with which a step returns an outcome instead of throwing. */
interface TakesEverything {
  readonly onFailure: 'return'
}
interface TakesPartial {
  readonly onPartial: 'accept'
  readonly onFailure?: 'throw' | undefined
}
interface TakesSuccess {
  readonly onPartial?: 'fail' | 'repair' | undefined
  readonly onFailure?: 'throw' | undefined
}

/** A function whose options determine which outcomes it returns. It throws for any other outcome. */
export interface StepFunction<Input> {
  (input: Input & TakesSuccess): Promise<SucceededOutcome>
  (input: Input & TakesPartial): Promise<SucceededOutcome | PartialOutcome>
  (input: Input & TakesEverything): Promise<Outcome>
  (input: Input): Promise<Outcome>
}

/** The input of a run of `processMediaByProcedure`. */
export type RunInput = StepInput<'ProcessMediaByProcedure'>

/** The input of a run of `adoptTask`: a task that was submitted elsewhere. Plain JSON. */
export interface AdoptInput {
  readonly TaskId: string
  readonly SubAppId?: number | undefined
  /** Default `default`. */
  readonly account?: string
  /** See {@link StepInput.onPartial}. An adopted task is not repaired. */
  readonly onPartial?: 'accept' | 'fail' | undefined
  /** See {@link StepInput.onFailure}. */
  readonly onFailure?: 'throw' | 'return' | undefined
  readonly delays?: StepDelays | undefined
}
