import type { StepTask, Submitted } from '../../activities/types.js'
import type { StepDelays } from '../../vod/delays.js'
import type { Hint } from '../../vod/hint.js'
import type { Outcome, Reading } from '../../vod/outcome.js'
import type { Cancelled, Progress } from '../progress.js'

/**
 * How a step begins. `submit` is the only origin today; taking over a task that somebody else started, or
 * going on with an earlier attempt, are further members of this union.
 */
export type Origin = { readonly kind: 'submit' }

/** What a step is given once and never changes. */
export interface StepStart {
  readonly origin: Origin
  readonly attempt: number
  /** Events can reach this step. Without them it reads its tasks every few seconds to minutes. */
  readonly events: boolean
  readonly delays: StepDelays
  /** -1 to 1: moves every look by its share of `lookJitter`. Drawn once for each step. */
  readonly jitter: number
  readonly FileId: string
  /** The caller's own context. */
  readonly SessionContext: string
}

/** What happens to a step. */
export type StepEvent =
  | { readonly type: 'submitted'; readonly submitted: Submitted }
  | { readonly type: 'found'; readonly tasks: readonly StepTask[]; readonly missing: readonly string[] }
  | { readonly type: 'hint'; readonly hint: Hint }
  | { readonly type: 'seen'; readonly TaskId: string; readonly reading: Reading }
  | { readonly type: 'gone'; readonly TaskId: string }
  | { readonly type: 'woke' }
  | { readonly type: 'cancel' }
  | { readonly type: 'abortAnswered'; readonly TaskId: string; readonly aborted: boolean }

/** Every input carries its time, ms since the epoch: the reducer has no clock. */
export type StepInput = StepEvent & { readonly at: number }

/** What a step asks of the world. Each effect but `wake` and the last two is one activity. */
export type Effect =
  | { readonly do: 'submit' }
  | { readonly do: 'search'; readonly SessionId: string }
  | { readonly do: 'read'; readonly TaskId: string; readonly cause: ReadCause }
  | { readonly do: 'abort'; readonly TaskId: string }
  /** Replaces an earlier wake. */
  | { readonly do: 'wake'; readonly at: number; readonly why: string }
  | { readonly do: 'finish'; readonly outcome: Outcome }
  | { readonly do: 'finishCancelled'; readonly cancelled: Cancelled }

/** Why a task is read: an event announced its end, its time has come, nothing else would tell, or the run is being cancelled. */
export type ReadCause = 'hint' | 'look' | 'poll' | 'cancel'

export interface TaskState extends StepTask {
  readonly Status: string
  readonly percent: number
  /** The last thing VOD said of it. */
  readonly reading: Reading | undefined
  /** The read under way, if any: at most one for each task. */
  readonly underWay: ReadCause | undefined
  /** A terminal hint came while a read that did not wait for the end was under way. */
  readonly hintedMeanwhile: boolean
  /** Why it will never be read to its end, as half a sentence. */
  readonly lost: string | undefined
  /** VOD took the abort of a cancelled step. */
  readonly aborted: boolean
  /** A cancelled step knows all it will ever know of this task. */
  readonly closed: boolean
}

export interface StepState {
  readonly start: StepStart
  readonly phase: Progress['phase']
  readonly SessionId: string
  /** VOD said that an earlier send had been accepted, or its tasks were found. */
  readonly recovered: boolean
  /** VOD's last word, where an earlier send may have been accepted all the same. */
  readonly refusal?: string
  readonly tasks: readonly TaskState[]
  /** Hints that came before the TaskIds were known. */
  readonly early: readonly Hint[]
  /** Terminal hints that a read did not confirm since the last look. */
  readonly unconfirmed: number
  /** How many of the wakes are behind: looks, then `overdue`, then `giveUp`. */
  readonly wakes: number
  readonly nextWake?: number
  readonly overdueSince?: number
  readonly cancelled?: Cancelled
}

/** The state after an input, and what it asks of the world. */
export type Step = readonly [StepState, readonly Effect[]]

/** Hints kept before the TaskIds are known. */
export const maxEarlyHints = 100

/**
 * Unconfirmed hints after which hints are ignored until the next look. Forged or stale ones with a valid
 * token would otherwise make reads for ever.
 */
export const maxUnconfirmed = 5
