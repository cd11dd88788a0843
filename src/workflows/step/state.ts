import type { AsyncAction, SubmitAction } from '../../contract/actions.js'
import type {
  ReadInput,
  RefusalFailure,
  StepTask,
  SubmitResult,
  TaskSearch,
} from '../../contract/activities.js'
import type { AppAddress } from '../../contract/appAddress.js'
import type { LostTask } from '../../contract/decide.js'
import type { StepDelaysInMs } from '../../contract/delays.js'
import type { HintSource, TaskHint } from '../../contract/hint.js'
import type { Identity } from '../../contract/identity.js'
import type { EndedBy, Outcome, TaskPart, TaskReading } from '../../contract/outcome.js'
import type { CancelSummary, EndedByCounts, RunProgress } from '../../contract/progress.js'
import type { StepInput } from '../../contract/stepInput.js'

/** How a step begins: it submits, or takes over a task that somebody else has submitted. */
export type Origin =
  | { readonly kind: 'submit'; readonly send: SubmitRequest }
  | { readonly kind: 'adopt'; readonly TaskId: string; readonly siblings?: readonly string[] }

/** What is submitted. */
export type SubmitRequest = {
  readonly [A in SubmitAction]: { readonly action: A; readonly input: StepInput<A> }
}[SubmitAction]

/** What is known of the tasks that an earlier send made. */
export interface SearchResult {
  readonly tasks: readonly StepTask[]
  /** Types of task that were asked for and that nothing showed. */
  readonly missing: readonly string[]
  /** A task that is known by what it made, not by a TaskId. */
  readonly reading?: TaskReading
  /** The search itself failed, so that it proves nothing. */
  readonly failed?: true
}

/** A failure of a submit that did not come from its activity. */
export interface ForeignFailure {
  /** Under which it was sent, if it was. */
  readonly SessionId: string
  readonly message: string
}

/** What a step is given once and never changes. */
export interface StepStart {
  readonly origin: Origin
  /** How old a send of the same work may be. */
  readonly identity: Pick<Identity, 'fresh' | 'since'>
  readonly attempt: number
  /** Events can reach this step. Without them it reads its tasks every few seconds to minutes. */
  readonly callbacks: boolean
  /** Task flows that the request asks for on what the tasks make. */
  readonly flows: number
  readonly delays: StepDelaysInMs
  /** -1 to 1: moves every look by its share of `lookJitter`. Drawn once for each step. */
  readonly jitter: number
  readonly FileId: string
  /** The caller's own context. */
  readonly SessionContext: string
}

/** How a submit failed. `sent`: VOD may have accepted it, or an earlier one, all the same. */
export type SubmitFailed =
  | { readonly type: 'unanswered'; readonly sent: boolean; readonly foreign?: ForeignFailure }
  /** VOD, or the check before it, said no. Only the activity itself can know that. */
  | { readonly type: 'refused'; readonly sent: boolean; readonly error: unknown }

/** What happens to a step. */
export type StepEvent =
  | { readonly type: 'submitted'; readonly submitted: SubmitResult }
  | SubmitFailed
  | ({ readonly type: 'found' } & SearchResult)
  | { readonly type: 'hint'; readonly hint: TaskHint }
  | { readonly type: 'seen'; readonly TaskId: string; readonly reading: TaskReading }
  | { readonly type: 'gone'; readonly TaskId: string }
  /** The worker that has this run did not read the end. */
  | { readonly type: 'unread'; readonly TaskId: string }
  | { readonly type: 'woke' }
  | { readonly type: 'mediaRead'; readonly outputs: readonly TaskPart[] }
  | { readonly type: 'detach' }
  | { readonly type: 'cancel' }
  | { readonly type: 'abortAnswered'; readonly TaskId: string; readonly aborted: boolean }

/** Every input carries its time, ms since the epoch: the reducer has no clock. */
export type ReducerInput = StepEvent & { readonly at: number }

/** What a step asks of the world. Each effect but `wake` and the last four is an activity, a search up to three. */
export type Effect =
  /** `sent`: when an earlier send of this step that got no answer was scheduled, ms since the epoch. */
  | { readonly do: 'submit'; readonly send: SubmitRequest; readonly sent?: number }
  | SearchEffect
  | ReadEffect
  | { readonly do: 'readMedia'; readonly FileId: string }
  | { readonly do: 'abort'; readonly TaskId: string }
  /** Shows in Temporal's lists that the run is overdue. */
  | { readonly do: 'markOverdue'; readonly since: number }
  /** Replaces an earlier wake. */
  | { readonly do: 'wake'; readonly at: number; readonly why: string }
  | { readonly do: 'finish'; readonly outcome: Outcome }
  | { readonly do: 'refuse'; readonly refused: RefusalFailure }
  | { readonly do: 'fail'; readonly error: unknown }
  | { readonly do: 'finishCancelled'; readonly cancelled: CancelSummary }

/** Which tasks did a send make whose answer does not name them? */
export interface SearchEffect {
  readonly do: 'search'
  readonly send: SubmitRequest
  /** Absent where no send was answered: then it is that of the submission. */
  readonly SessionId?: string
  readonly found: AsyncAction['found']
  /** Types of task that the action makes. */
  readonly made: readonly string[]
  /** The template that says more of them. */
  readonly template?: string
  /** Those that an incomplete answer has named. */
  readonly named?: readonly StepTask[]
  readonly FileId: string
  readonly search: Pick<TaskSearch, 'sentSince' | 'keyed' | 'waits' | 'giveUpAfter'>
  /** After this time a listing shows all that was made, ms. */
  readonly settleMs: number
  /** How long the template is asked for, ms. */
  readonly templateMs: number
  /** A canceled run searches first. */
  readonly priority: 1 | 2
}

export interface ReadEffect {
  readonly do: 'read'
  readonly TaskId: string
  readonly cause: ReadCause
  /** By the worker that has this run, within its workflow task. */
  readonly here: boolean
  readonly look: Omit<ReadInput, keyof AppAddress | 'TaskId'>
}

/** The net whose hint asks for a read. */
export interface HintedBy {
  readonly via: HintSource | undefined
}

/**
 * A read under way, and its cause: an event announced the end, its time has come, it was over when the search found it, nothing else
 * would tell, or the run is being canceled. `again`: a hint came meanwhile, so another read follows if this one does not show the end.
 */
export type ReadReason =
  | ({ readonly cause: 'hint'; readonly again?: HintedBy } & HintedBy)
  | { readonly cause: 'look' | 'search'; readonly again?: HintedBy }
  /** It waits for the end itself: a hint changes nothing. */
  | { readonly cause: 'poll'; readonly again?: never }
  /** `aborted`: VOD took the abort. */
  | { readonly cause: 'cancel'; readonly aborted: boolean; readonly again?: never }

export type ReadCause = ReadReason['cause']
export type HintReason = Extract<ReadReason, { readonly cause: 'hint' }>

interface Task<Stage, UnderWay, Said> extends StepTask {
  readonly stage: Stage
  /** At most one read of a task is under way. */
  readonly underWay: UnderWay
  /** The last thing VOD said of it. */
  readonly reading: Said
  /** People see both; nothing is decided from them. */
  readonly Status: string
  readonly percent: number
  /** Another task of the step started it: VOD does not echo our SessionId then. */
  readonly startedHere: boolean
}

/**
 * A task in one of its stages:
 *
 * ```
 * submitted, found, started ─▶ open ◀─▶ reading ─▶ over    a read showed the end
 *                                        ▲   └─▶ lost    no read will
 * missing from a listing ────▶ sought ────┼─────▶ lost    made by an earlier send; its TaskId is not known
 * named by a hint ───────────▶ claimed ───┘               read to prove that it is a sought one, else dropped
 *
 * after a cancel: open, reading ─▶ aborting ─▶ reading ─▶ over, left    VOD goes on with what is left
 * ```
 */
export type TaskState =
  | Task<'open', undefined, TaskReading | undefined>
  | Task<'reading', ReadReason, TaskReading | undefined>
  | Task<'over', undefined, TaskReading>
  | (Task<'lost', undefined, TaskReading | undefined> & LostTask)
  | (Task<'sought', undefined, undefined> & { readonly TaskId: ''; readonly startedHere: false })
  | (Task<'claimed', HintReason, undefined> & { readonly startedHere: false })
  | Task<'aborting', undefined, TaskReading | undefined>
  | Task<'left', undefined, TaskReading | undefined>

export type Stage = TaskState['stage']
export type TaskIn<S extends Stage> = Extract<TaskState, { readonly stage: S }>

export interface KeptHint {
  readonly hint: TaskHint
  /** Its task was read, and did not prove to be the step's. */
  readonly tried: boolean
}

export interface StepState {
  readonly start: StepStart
  /** When the step started, ms since the epoch: no send of a fresh run is older. */
  readonly startedAt: number
  readonly phase: RunProgress['phase']
  readonly SessionId: string
  /** VOD said that an earlier send had been accepted, or its tasks were found. */
  readonly recovered: boolean
  /** What is known last of a send, where it or an earlier one may have been accepted all the same: "VOD said ...". */
  readonly refusal?: string
  /** How often the submit failed in a way that says nothing about VOD. */
  readonly foreignFailures?: number
  /** An earlier send is so old that its event has come, or will not come. */
  readonly expired?: true
  /** What to believe of it when no task is found. */
  readonly believedUnlessFound?: RefusalFailure
  readonly tasks: readonly TaskState[]
  /** Tasks that an incomplete answer has named, until it is known what else was made. */
  readonly named?: readonly StepTask[]
  /** Hints of tasks that the step does not know yet. */
  readonly kept: readonly KeptHint[]
  /** Terminal hints that a read did not confirm since the last look. */
  readonly unconfirmed: number
  /** Tasks that only a hint names and that were read since the last look. */
  readonly claims: number
  /** How often each net asked for a read. */
  readonly nets: EndedByCounts
  readonly nextWake?: number
  readonly overdueSince?: number
  /** A look for events that are too many to be read each. `until`: only a look after it has seen what they announced. */
  readonly crowdLook?: { readonly at: number; readonly until: number }
  /** How many of those there were since the last scheduled look. */
  readonly crowdLooks: number
  readonly cancelled?: CancelSummary
  /** Somebody asked to stop waiting. */
  readonly detached?: true
  readonly endedBy?: EndedBy
  /** What the media file has: asked for once, when the outcome would be unknown. */
  readonly mediaOutputs?: readonly TaskPart[]
}

/** The state after an input, and what it asks of the world. */
export type Transition = readonly [StepState, readonly Effect[]]

/** Foreign failures of a submit after which nothing more is sent: who fails it every time makes a history without end. */
export const maxForeignFailures = 5

/** Hints that are kept of tasks that the step does not know yet, each of another task; two more for each task flow that was asked for. */
export const maxKeptHints = 1_000

/** Tasks that only a hint names and that are read between two looks: what is beyond waits for the next look. */
export const maxClaims = 100

/**
 * Unconfirmed hints after which one look stands for all that come, see `crowdLook`. Forged or stale ones with a valid token would
 * otherwise make reads for ever.
 */
export const maxUnconfirmed = 5
