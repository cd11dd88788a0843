import type { StepDelays } from './delays.js'
import type { OutcomeStatus } from './outcome.js'

/*
 * What clients, activities and the workflow share about a batch: names and types. All times are ms since the epoch or ms, unless
 * they are ISO 8601 text.
 */

/** Workflow type of a batch. A contract: it never changes. */
export const batchType = 'processBatch'

/** Ids of plans begin so: batches that start nothing. */
export const planIds = 'vodflow/plan/'

export function isPlan(workflowId: string): boolean {
  return workflowId.startsWith(planIds)
}

/** Workflow id of the run of an item. A contract: it never changes. */
export function itemId(batch: string, FileId: string): string {
  return `${batch}/${FileId}`
}

/** Name of the update that pauses, resumes, stops, or changes the window. A contract: it never changes. */
export const controlUpdate = 'vodflow.batch.control'

/** Name of the query that answers with a {@link BatchProgress}. A contract: it never changes. */
export const batchProgressQuery = 'vodflow.batch.progress'

/** Which media a batch is about. */
export type BatchSource =
  /** A list, at most 10,000. */
  | { readonly FileIds: readonly string[] }
  /** A text file in the worker's `idsFolder`, one FileId on each line; lines that begin with `#` are notes. */
  | { readonly file: string }
  /** What `SearchMedia` finds, the oldest first: its own conditions, without Sort, Offset, Limit and Filters, which are ours. */
  | { readonly search: Readonly<Record<string, unknown>> }

/** Input of the workflow `processBatch`. */
export interface BatchInput {
  /** Where the FileIds come from. */
  readonly source: BatchSource
  /** Task flow template for each of them. */
  readonly ProcedureName: string
  /** Id of the sub-app of the media files. Default: the sub-app that VOD chooses for the account. */
  readonly SubAppId?: number | undefined
  /** Alias of the Tencent account. Default `default`. */
  readonly account?: string | undefined
  /** Runs at once, 1 to 2,000. Default 100. Less when VOD takes longer than a day for each: it shows a task for 72 hours only. */
  readonly window?: number | undefined
  /** -10 to 10, below the default so that a batch gives way to the day's work. Default -1. */
  readonly TasksPriority?: number | undefined
  /** As of a step. Default `accept`. */
  readonly onPartial?: 'accept' | 'fail' | 'repair' | undefined
  /**
   * Leaves out media that have every output which the template asks for, made after the template was changed. Default `true`. A
   * template that also asks for what leaves no trace on a media file (moderation, recognition, a cover alone) needs `false`: each
   * item is then processed, and paid, whatever was done before.
   */
  readonly skipDone?: boolean | undefined
  /** Stops when more than this share of what has ended (of 20 at least) did not succeed. Default 10. */
  readonly stopAtFailedPercent?: number | undefined
  /** Tasks of VOD at most, in all; what cannot be afforded whole is not begun. Default: no limit. */
  readonly maxTasks?: number | undefined
  /**
   * Tasks of VOD at most on one day of UTC; then it waits for the next. An item that runs counts as all that it may make, also on the
   * next day if it runs into it. Default: no limit.
   */
  readonly maxTasksPerDay?: number | undefined
  /** Starts nothing, and counts what would be. Default `false`. */
  readonly dryRun?: boolean | undefined
  /** As of a step: for tests and people in a hurry. */
  readonly callbacks?: boolean | undefined
  /** Delays of each run. Shorten them for tests. */
  readonly delays?: StepDelays | undefined
}

/** The input of a run of `processBatch`. */
export interface BatchRunInput extends BatchInput {
  /** The state of the run that it continues. */
  readonly state?: BatchState | undefined
}

/**
 * How an item ended: the outcome of its run; `refused` when VOD or a check before it refused, so that nothing was made; `cancelled` when
 * the run was cancelled, terminated or crashed: tasks of it may exist, and go on.
 */
export type ItemStatus = OutcomeStatus | 'refused' | 'cancelled'

/** What a run tells its batch when it ends. */
export interface ItemEnded {
  readonly FileId: string
  readonly status: ItemStatus
  /** At most 200 characters. */
  readonly reason: string
  /** Tasks that VOD made for it; absent when nobody knows: it is then taken that all were made that can be. */
  readonly tasks?: number
  /** Submissions beside those, of which nobody knows what they made: each counts as all that the template asks for. */
  readonly unsure?: number
  /** When VOD made the last of its tasks, ms since the epoch; absent when that is not known of all. */
  readonly lastMadeAt?: number
}

/** What a template asks for, as it was when the batch began. */
export interface BatchTemplate {
  readonly TaskTypes: readonly string[]
  /** `Type Definition` of every output that a media file must have to be left out. */
  readonly outputs: readonly string[]
  /** ISO 8601, or empty. */
  readonly UpdateTime: string
}

/** Where a source stands. */
export interface Cursor {
  /** Items read. */
  readonly read: number
  /** Of a file: byte, size and time of the last change. */
  readonly byte?: number
  readonly file?: string
  /** Of a search: media from this CreateTime on, the results passed over, and those of that very moment that were read. */
  readonly after?: string
  readonly Offset?: number
  readonly seen?: readonly string[]
}

/** How many items of a batch came to what, so far. */
export interface BatchCounts {
  /** Read from the source. */
  readonly read: number
  /** Runs that were started. */
  readonly started: number
  /** Left out, because all outputs are there. */
  readonly skipped: number
  /** Media that VOD does not have, or lists under an id that is no FileId. */
  readonly missing: number
  /** Named by the source more than once. */
  readonly repeated: number
  /** How those that ended did. */
  readonly ended: Readonly<Record<ItemStatus, number>>
  /** Tasks that VOD made for those that ended, or may have made. */
  readonly tasks: number
}

/** What did not succeed. */
export interface BatchFailure {
  /** Id of the media file. */
  readonly FileId: string
  /** How the item ended. */
  readonly status: ItemStatus
  /** Why the item ended like this, at most 200 bytes. */
  readonly reason: string
}

/** Failures that a report holds at most; the same batch once more, with `skipDone`, does all the others too. */
export const maxFailures = 2_000

/** Of the reason of a failure, as JSON. */
export const maxReasonBytes = 200

/** What a run of a batch hands to the next. */
export interface BatchState {
  readonly template: BatchTemplate
  /** Absent: the source is read to its end. */
  readonly cursor?: Cursor
  readonly total?: number
  /** Read, not begun. */
  readonly waiting: readonly string[]
  /** FileId, when its run was started, and in which beat. */
  readonly running: Readonly<Record<string, readonly [since: number, beat: number]>>
  /** Beats of the batch's own timer so far: how long a run is silent is counted in these, never by the clock. */
  readonly beats: number
  readonly counts: BatchCounts
  readonly failures: readonly BatchFailure[]
  readonly window: number
  readonly paused: boolean
  readonly stopped?: string
  readonly day: { readonly date: string; readonly tasks: number }
  /** Mean time from start to end of the latest items, ms. */
  readonly meanMs: number
  readonly startedAt: number
}

/** Where a batch is now; answered by a query. */
export interface BatchProgress {
  /** State of the batch. With `maxTasksPerDay`, it waits for the next day of UTC when the budget is used up. */
  readonly status: 'running' | 'paused' | 'waiting for the next day' | 'stopping' | 'ended'
  /** Items by what became of them. */
  readonly counts: BatchCounts
  /** Number of runs that have not ended. */
  readonly running: number
  /** Absent where the source does not say. */
  readonly total?: number
  /** Runs at once now: the window, or less. */
  readonly window: number
  /** Items that end in an hour. */
  readonly perHour: number
  /** When all will have ended at this rate, ISO 8601; absent while nobody can tell. */
  readonly eta?: string
  /** Why it stops. */
  readonly stopped?: string
  /** Failures so far, at most 2,000. The answer to a change of the batch has the last 10. */
  readonly failures: readonly BatchFailure[]
}

/** What a batch came to. */
export interface BatchReport {
  /** Items by what became of them. */
  readonly counts: BatchCounts
  /** Number of items that were read from the source. */
  readonly total: number
  /** Why it ended before its source did; absent when it did not. */
  readonly stopped?: string
  /** The first 2,000. */
  readonly failures: readonly BatchFailure[]
  /** Of a dry run. */
  readonly plan?: BatchPlan
}

/** What a batch would do and cost. */
export interface BatchPlan {
  /** Number of items in the source. */
  readonly items: number
  /** Number of runs that the batch would start. */
  readonly wouldStart: number
  /** Number of items that it would skip, because their outputs are there. */
  readonly wouldSkip: number
  /** Number of FileIds that VOD does not have. */
  readonly missing: number
  /** Tasks that VOD would make, and bill. */
  readonly tasks: number
  /** Calls to VOD: reading, submitting, and one read for each task. */
  readonly calls: number
  /** Hours that submitting takes at the rate of the queue; VOD's own work comes on top. */
  readonly hoursAtRateLimit: number
  /** Temporal actions, as Temporal Cloud bills them. */
  readonly temporalActions: number
}

/** What the update takes; what is left out stays. */
export interface BatchControl {
  /** `true` starts no further runs, `false` continues. */
  readonly paused?: boolean
  /** 1 to 2,000. */
  readonly window?: number
  /** Begins nothing more, and says why; what runs goes on to its end. */
  readonly stop?: string
}
