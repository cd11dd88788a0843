import type { Duration } from '../base/duration.js'

/**
 * Unverified facts about the real VOD. Each is a switch, because vodflow must work with every answer. The defaults are what the
 * documentation suggests.
 */
export interface EmulatorSwitches {
  /** A known SessionId is refused before the rest of the request is validated. */
  dedupBeforeValidation: boolean
  /** A request that fails validation still uses up its SessionId. */
  failedValidationUsesSessionId: boolean
  /** How long VOD takes to accept a submit. Until then, another submit with the same SessionId is a twin in flight. */
  acceptTime: Duration
  /** The code for the second of two identical submits in flight. */
  twinInFlight: 'InvalidParameterValue.SessionId' | 'InternalError'
  /** How long DescribeTasks does not list a new task, 0 to 60 s. */
  listingLag: Duration
  /** How long DescribeTasks does not list a new review task, 0 to 60 s. */
  reviewListingLag: Duration
  /** The review task does not echo the SessionId. */
  reviewWithoutSessionId: boolean
  /** A finished review task has no FinishTime. */
  reviewWithoutFinishTime: boolean
  /** An aborted task sends no event. */
  abortWithoutEvent: boolean
  /** Where Sign and T are sent if a SignKey is set. */
  signPlace: 'body' | 'query' | 'header'
  /** The code for a task that is older than 72 hours. */
  oldTaskCode: 'InvalidParameterValue.TaskId' | 'ResourceNotFound'
  /** TasksNotifyMode None also silences ReviewAudioVideoComplete. */
  noneSilencesReview: boolean
  /** How long DescribeTaskDetail still returns a finished task as PROCESSING. */
  detailLag: Duration
  /**
   * A signature is valid at any time. This is not a fact about VOD. It is for callers whose clock cannot be set with this one: without it,
   * their calls are refused when the clocks differ by more than five minutes.
   */
  ignoreSkew: boolean
}

export const defaultSwitches: EmulatorSwitches = {
  dedupBeforeValidation: false,
  failedValidationUsesSessionId: false,
  acceptTime: 0,
  twinInFlight: 'InvalidParameterValue.SessionId',
  listingLag: 0,
  reviewListingLag: 0,
  reviewWithoutSessionId: false,
  reviewWithoutFinishTime: false,
  abortWithoutEvent: false,
  signPlace: 'body',
  oldTaskCode: 'InvalidParameterValue.TaskId',
  noneSilencesReview: false,
  detailLag: 0,
  ignoreSkew: false,
}

/** Switches that a user gives. Those that are absent or undefined keep their defaults. */
export type GivenSwitches = { readonly [K in keyof EmulatorSwitches]?: EmulatorSwitches[K] | undefined }

/** Returns the switches that a user gives, with the defaults for those that are absent. */
export function switchesOf(given: GivenSwitches = {}): EmulatorSwitches {
  const there = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...defaultSwitches, ...Object.fromEntries(there) }
}
