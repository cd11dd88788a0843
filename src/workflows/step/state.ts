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
import type { KeptHint } from '../run/keptHints.js'

/** The start of a step: it submits a request, or adopts a task that was submitted elsewhere. */
export type Origin =
  | { readonly kind: 'submit'; readonly send: SubmitRequest }
  | { readonly kind: 'adopt'; readonly TaskId: string; readonly siblings?: readonly string[] }

/** An action and its input. */
export type SubmitRequest = {
  readonly [A in SubmitAction]: { readonly action: A; readonly input: StepInput<A> }
}[SubmitAction]

/** The result of a search for the tasks of an earlier send. */
export interface SearchResult {
  readonly tasks: readonly StepTask[]
  /** The types of task that were asked for and not found. `unknownType` stands for any others. */
  readonly missing: readonly string[]
  /** The reading of a task that was found by its new media, without a TaskId. */
  readonly reading?: TaskReading
  /** The search itself failed, so it proves nothing. */
  readonly failed?: true
}

/** A failure of a submit that did not come from its activity. */
export interface ForeignFailure {
  /** The SessionId of the request, if it was sent. */
  readonly SessionId: string
  readonly message: string
}

/** The constant part of a step's state. */
export interface StepStart {
  readonly origin: Origin
  /** The part of the identity that limits the age of an earlier send. */
  readonly identity: Pick<Identity, 'fresh' | 'since'>
  readonly attempt: number
  /** Events can reach this step. Without events, it reads its tasks every few seconds to minutes. */
  readonly callbacks: boolean
  /** The number of task flows that the request asks for on its new media. */
  readonly flows: number
  readonly delays: StepDelaysInMs
  /** A random number from -1 to 1 for each step. It moves every look by its share of `lookJitter`. */
  readonly jitter: number
  readonly FileId: string
  /** The caller's own context. */
  readonly SessionContext: string
}

/** The failure of a submit. `sent`: VOD may still have accepted this send or an earlier one. */
export type SubmitFailed =
  | { readonly type: 'unanswered'; readonly sent: boolean; readonly foreign?: ForeignFailure }
  /** VOD, or the check before the call, refused the request. Only the activity itself can know that. */
  | { readonly type: 'refused'; readonly sent: boolean; readonly error: unknown }

/** An event of a step. */
export type StepEvent =
  | { readonly type: 'submitted'; readonly submitted: SubmitResult }
  | SubmitFailed
  | ({ readonly type: 'found' } & SearchResult)
  | { readonly type: 'hint'; readonly hint: TaskHint }
  | {
      readonly type: 'seen'
      readonly TaskId: string
      readonly reading: TaskReading
      /** The answer does not name its task. */
      readonly namesNone?: true
    }
  | {
      readonly type: 'gone'
      readonly TaskId: string
      /** Its detail is about another media file than the one that it should work on. */
      readonly ofOtherFile?: true
    }
  /** The local read of the worker that has this run did not show the end. */
  | { readonly type: 'unread'; readonly TaskId: string }
  | { readonly type: 'woke' }
  | { readonly type: 'mediaRead'; readonly outputs: readonly TaskPart[] }
  | { readonly type: 'detach' }
  | { readonly type: 'cancel' }
  | { readonly type: 'abortAnswered'; readonly TaskId: string; readonly aborted: boolean }

/** An event with its time in ms since the epoch, because the reducer has no clock. */
export type ReducerInput = StepEvent & { readonly at: number }

/** An effect of a step. Each one except `wake` and the last four is an activity; a search is up to three. */
export type Effect =
  /** `sent`: the time at which an earlier, unanswered send of this step was scheduled, in ms since the epoch. */
  | { readonly do: 'submit'; readonly send: SubmitRequest; readonly sent?: number }
  | SearchEffect
  | ReadEffect
  | { readonly do: 'readMedia'; readonly FileId: string }
  | { readonly do: 'abort'; readonly TaskId: string; readonly limitMs: number }
  /** Marks the run as overdue in Temporal's lists. */
  | { readonly do: 'markOverdue'; readonly since: number }
  /** Replaces an earlier wake. */
  | { readonly do: 'wake'; readonly at: number; readonly why: string }
  | { readonly do: 'finish'; readonly outcome: Outcome }
  | { readonly do: 'refuse'; readonly refused: RefusalFailure }
  | { readonly do: 'fail'; readonly error: unknown }
  | { readonly do: 'finishCanceled'; readonly canceled: CancelSummary }

/** An effect that is an activity or a timer. The others end the step. */
export type CallEffect = Exclude<Effect, { do: 'finish' | 'refuse' | 'fail' | 'finishCanceled' }>

/** Searches for the tasks of a send whose answer does not name them. */
export interface SearchEffect {
  readonly do: 'search'
  readonly send: SubmitRequest
  /** Absent if no send was answered. The SessionId is then derived from the submission. */
  readonly SessionId?: string
  readonly found: AsyncAction['found']
  /** The types of task that the action makes. */
  readonly made: readonly string[]
  /** The template that determines which of them are made. */
  readonly template?: string
  /** The tasks that an incomplete answer named. */
  readonly named?: readonly StepTask[]
  readonly FileId: string
  readonly search: Pick<TaskSearch, 'sentSince' | 'keyed' | 'waits' | 'giveUpAfter'>
  /** The time after which a listing shows all tasks, in ms. */
  readonly settleMs: number
  /** The time limit for reading the template, in ms. */
  readonly templateMs: number
  /** 1 for a canceled run, whose search goes first. */
  readonly priority: 1 | 2
}

export interface ReadEffect {
  readonly do: 'read'
  readonly TaskId: string
  readonly cause: ReadCause
  /** The worker that has this run reads the task within its workflow task. */
  readonly here: boolean
  readonly input: Omit<ReadInput, keyof AppAddress | 'TaskId'>
  /** The time limit of a canceled step for this read, in ms. */
  readonly limitMs?: number
}

/** The net whose hint triggered a read. */
export interface HintedBy {
  readonly via: HintSource | undefined
}

/**
 * The cause of a pending read: an event announced the end (`hint`), a look was due, the task had ended when the search found it, a task flow
 * and the task that started it disagree (`dispute`), no event can arrive (`poll`), or the run is being canceled. `again`: another hint arrived in the meantime, so another read follows if this one
 * does not show the end.
 */
export type ReadReason =
  | ({ readonly cause: 'hint'; readonly again?: HintedBy } & HintedBy)
  | { readonly cause: 'look' | 'search' | 'dispute'; readonly again?: HintedBy }
  /** A poll waits for the end itself, so a hint changes nothing. */
  | { readonly cause: 'poll'; readonly again?: never }
  /** `aborted`: VOD accepted the abort. */
  | { readonly cause: 'cancel'; readonly aborted: boolean; readonly again?: never }

export type ReadCause = ReadReason['cause']
export type HintReason = Extract<ReadReason, { readonly cause: 'hint' }>

/** The TaskType of a task whose type is not known: VOD does not show its template, or nobody has read it yet. */
export const unknownType = ''

interface Task<Stage, UnderWay, Said, Id = string> extends Omit<StepTask, 'TaskId'> {
  readonly TaskId: Id
  readonly stage: Stage
  /** The pending read. A task has at most one. */
  readonly underWay: UnderWay
  /** The last reading. */
  readonly reading: Said
  /** `Status` and `percent` are for people only; no decision depends on them. */
  readonly Status: string
  readonly percent: number
  /** Why the last read said nothing about the task, for people. */
  readonly problem?: string | undefined
  /** Another task of the step started it, so VOD does not echo our SessionId. */
  readonly startedHere: boolean
  /** Its detail contradicts that of the task that started it, which is therefore read again. */
  readonly disputed?: true
}

/**
 * A task in one of its stages:
 *
 * ```
 * submitted, found, started ─▶ open ◀─▶ reading ─▶ over    a read showed the end
 *                                        ▲   └─▶ lost    no read will show the end
 * missing from a listing ────▶ sought ────┼─────▶ lost    made by an earlier send; its TaskId is not known
 * named by a hint ───────────▶ claimed ───┘               read to prove that it is a sought task or a task flow, else dropped
 *
 * a task flow and the task that started it name different media files (`flows.ts`):
 *   over ─▶ open       both are read again
 *   over ─▶ lost       they still differ, so neither detail proves anything
 *   open ─▶ dropped    the other task no longer names the flow
 *
 * after a cancel: open, reading ─▶ aborting ─▶ reading ─▶ over, left    VOD continues a task that is left
 * ```
 */
export type TaskState =
  | Task<'open', undefined, TaskReading | undefined>
  | Task<'reading', ReadReason, TaskReading | undefined>
  | Task<'over', undefined, TaskReading, string | undefined>
  | (Task<'lost', undefined, TaskReading | undefined, string | undefined> & LostTask)
  | (Task<'sought', undefined, undefined, undefined> & { readonly startedHere: false })
  | (Task<'claimed', HintReason, undefined> & { readonly startedHere: false })
  | Task<'aborting', undefined, TaskReading | undefined>
  | Task<'left', undefined, TaskReading | undefined>

export type Stage = TaskState['stage']
export type TaskIn<S extends Stage> = Extract<TaskState, { readonly stage: S }>

export interface StepState {
  readonly start: StepStart
  /** The start of the step, in ms since the epoch. No send of a fresh run is older. */
  readonly startedAt: number
  readonly phase: RunProgress['phase']
  readonly SessionId: string
  /** VOD said that an earlier send had been accepted, or its tasks were found. */
  readonly recovered: boolean
  /** The last refusal of a send that may still have been accepted, or an earlier one: "VOD said ...". */
  readonly refusal?: string
  /** The number of failures of the submit that say nothing about VOD. */
  readonly foreignFailures?: number
  /** An earlier send is so old that no further event will arrive for it. */
  readonly expired?: true
  /** The refusal that is believed if no task is found. */
  readonly believedUnlessFound?: RefusalFailure
  readonly tasks: readonly TaskState[]
  /** The tasks that an incomplete answer named, until the other tasks are known. */
  readonly named?: readonly StepTask[]
  /** The hints for tasks that the step does not know yet. */
  readonly kept: readonly KeptHint[]
  /** The number of terminal hints since the last look that no read confirmed. */
  readonly unconfirmed: number
  /** The number of tasks that only a hint names and that were read since the last look. */
  readonly claims: number
  /** The number of reads that each net triggered. */
  readonly nets: EndedByCounts
  readonly nextWake?: number
  readonly overdueSince?: number
  /** A planned look for too many events. `until`: only a look after this time covers all of them. */
  readonly crowdLook?: { readonly at: number; readonly until: number }
  /** The number of such looks since the last scheduled look. */
  readonly crowdLooks: number
  readonly canceled?: CancelSummary
  /** The time by which a canceled step ends. */
  readonly cancelBy?: number
  /** A signal asked the step to stop waiting. */
  readonly detached?: true
  readonly endedBy?: EndedBy
  /** The outputs of the media file. They are read once, if the outcome would be unknown. */
  readonly mediaOutputs?: readonly TaskPart[]
}

/** The state after an input, and its effects. */
export type Transition = readonly [StepState, readonly Effect[]]

/** The number of foreign failures after which a submit is not sent again. Repeated failures would otherwise fill the history. */
export const maxForeignFailures = 5

/** The largest number of tasks named only by a hint that are read between two looks. Further ones wait for the next look. */
export const maxClaims = 100

/**
 * The number of unconfirmed hints after which one look stands for all further ones, see `crowdLook`. Forged or stale hints with a valid
 * token would otherwise cause endless reads.
 */
export const maxUnconfirmed = 5
