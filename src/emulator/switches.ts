/**
 * Facts about the real VOD that nobody has verified. Each is a switch, because vodflow must be right under every
 * answer. The defaults are what the documentation suggests.
 */
export interface Switches {
  /** A known SessionId is refused before the rest of the request is looked at. */
  dedupBeforeValidation: boolean
  /** A request that fails validation uses up its SessionId all the same. */
  failedValidationUsesSessionId: boolean
  /** How long a submit takes to be accepted, ms: within it, a twin with the same SessionId is in flight. */
  acceptMs: number
  /** What the second of two identical submits in flight is told. */
  twinInFlight: 'InvalidParameterValue.SessionId' | 'InternalError'
  /** How long DescribeTasks does not show a new task yet, ms, 0 to 60,000. */
  listingLagMs: number
  /** The same for a review task. */
  reviewListingLagMs: number
  /** The review task does not echo the SessionId. */
  reviewWithoutSessionId: boolean
  /** A finished review task has no FinishTime. */
  reviewWithoutFinishTime: boolean
  /** An aborted task sends no event. */
  abortWithoutEvent: boolean
  /** Where Sign and T stand, once a SignKey is set. */
  signPlace: 'body' | 'query' | 'header'
  /** The code for a task that is older than 72 hours. */
  oldTaskCode: 'InvalidParameterValue.TaskId' | 'ResourceNotFound'
  /** TasksNotifyMode None silences ReviewAudioVideoComplete too. */
  noneSilencesReview: boolean
  /** How long DescribeTaskDetail still shows a finished task as PROCESSING, ms. */
  detailLagMs: number
  /**
   * A signature is good at any time. Not a fact about VOD: for callers whose clock cannot be set together with this
   * one's, else every call is refused once the clock is more than five minutes away.
   */
  ignoreSkew: boolean
}

export const defaultSwitches: Switches = {
  dedupBeforeValidation: false,
  failedValidationUsesSessionId: false,
  acceptMs: 0,
  twinInFlight: 'InvalidParameterValue.SessionId',
  listingLagMs: 0,
  reviewListingLagMs: 0,
  reviewWithoutSessionId: false,
  reviewWithoutFinishTime: false,
  abortWithoutEvent: false,
  signPlace: 'body',
  oldTaskCode: 'InvalidParameterValue.TaskId',
  noneSilencesReview: false,
  detailLagMs: 0,
  ignoreSkew: false,
}
