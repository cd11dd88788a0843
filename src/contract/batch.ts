import type { StepDelays } from './delays.js'
import type { OutcomeStatus } from './outcome.js'

/*
 * Names and types of a batch that clients, activities and the workflow share. All times are in ms since the epoch or in ms, unless they are
 * ISO 8601 text.
 */

/** The workflow type of a batch. It is a contract, and does not change after version 1.0. */
export const batchType = 'processBatch'

/** The prefix of the ids of plans, which are batches that start nothing. */
export const planIds = 'vodflow/plan/'

export function isPlan(workflowId: string): boolean {
  return workflowId.startsWith(planIds)
}

/** Returns the workflow id of the run of an item. It is a contract, and does not change after version 1.0. */
export function itemId(batch: string, FileId: string): string {
  return `${batch}/${FileId}`
}

/** The name of the update that pauses, resumes or stops a batch, or changes its window. It is a contract, and does not change after version 1.0. */
export const controlUpdate = 'vodflow.batch.control'

/** The name of the query that returns a {@link BatchProgress}. It is a contract, and does not change after version 1.0. */
export const batchProgressQuery = 'vodflow.batch.progress'

/** The media of a batch. */
export type BatchSource =
  /** A list of at most 10,000 ids. */
  | { readonly FileIds: readonly string[] }
  /** A text file in the worker's `idsFolder` with one FileId on each line. Lines that start with `#` are comments. */
  | { readonly file: string }
  /** Conditions of `SearchMedia`, whose results are read oldest first. vodflow sets Sort, Offset, Limit and Filters itself. */
  | { readonly search: Readonly<Record<string, unknown>> }

/** The input of the workflow `processBatch`. */
export interface BatchInput {
  /** Where the FileIds come from. */
  readonly source: BatchSource
  /** The task flow template for each media file. */
  readonly ProcedureName: string
  /** Id of the sub-app of the media files. Default: the sub-app that VOD chooses for the account. */
  readonly SubAppId?: number | undefined
  /** The alias of the Tencent account. Default `default`. */
  readonly account?: string | undefined
  /**
   * The largest number of concurrent runs, 1 to 2,000. Default 100. The batch uses fewer if VOD takes longer than a day for each item,
   * because VOD shows a task for only 72 hours.
   */
  readonly window?: number | undefined
  /** The priority at VOD, -10 to 10. Default -1, so that a batch yields to other work. */
  readonly TasksPriority?: number | undefined
  /** See `onPartial` of a step. Default `accept`. */
  readonly onPartial?: 'accept' | 'fail' | 'repair' | undefined
  /**
   * Skips media that have every output of the template, made after the template's last change. Default `true`. A template with tasks that
   * leave no trace on a media file (moderation, recognition, a cover alone) needs `false`: each item is then processed and billed,
   * whatever was done before.
   */
  readonly skipDone?: boolean | undefined
  /** The batch stops if more than this percentage of its ended items, of which there must be at least 20, did not succeed. Default 10. */
  readonly stopAtFailedPercent?: number | undefined
  /** The largest number of VOD's tasks in total. An item that could exceed it is not started. Default: no limit. */
  readonly maxTasks?: number | undefined
  /**
   * The largest number of VOD's tasks on one UTC day. At the limit, the batch waits for the next day. A running item counts with all tasks
   * that it may make, also on the next day if it is still running. Default: no limit.
   */
  readonly maxTasksPerDay?: number | undefined
  /** Starts nothing, and counts what would be started. Default `false`. */
  readonly dryRun?: boolean | undefined
  /** See the members of a step's input with the same names. Mainly for tests. */
  readonly callbacks?: boolean | undefined
  /** Delays of each run. Shorten them for tests. */
  readonly delays?: StepDelays | undefined
}

/** The input of a run of `processBatch`. */
export interface BatchRunInput extends BatchInput {
  /** The state of the run that it continues. Only set when the batch continues as new. */
  readonly state?: BatchState | undefined
}

/** The defaults of a batch. */
export const batchDefaults = {
  account: 'default',
  window: 100,
  TasksPriority: -1,
  skipDone: true,
  stopAtFailedPercent: 10,
  dryRun: false,
} as const satisfies Partial<BatchInput>

/**
 * The end of an item: the status of its outcome; `refused` if VOD or a check before the call refused, so that nothing was made; `canceled`
 * if the run was canceled, was terminated or crashed, so that its tasks may exist and continue.
 */
export type ItemStatus = OutcomeStatus | 'refused' | 'canceled'

/** The report of a run to its batch when it ends. */
export interface ItemEnded {
  readonly FileId: string
  readonly status: ItemStatus
  /** At most 200 characters. */
  readonly reason: string
  /** The number of tasks that VOD made for it. Absent if it is unknown: the item then counts with all tasks that it may make. */
  readonly tasks?: number
  /** The number of further submissions with unknown tasks. Each counts with all tasks of the template. */
  readonly unsure?: number
  /** The time at which VOD made the last of its tasks, in ms since the epoch. Absent if it is unknown for one of them. */
  readonly lastMadeAt?: number
}

/** The tasks and outputs of a template when the batch started. */
export interface BatchTemplate {
  readonly TaskTypes: readonly string[]
  /** `Type Definition` of every output that a media file must have to be skipped. */
  readonly outputs: readonly string[]
  /** ISO 8601, or empty. */
  readonly UpdateTime: string
}

/** The position in a source. */
export interface Cursor {
  /** The number of items read. */
  readonly read: number
  /** For a file: the next byte, and the size and the time of the last change. */
  readonly byte?: number
  readonly file?: string
  /** For a search: the earliest CreateTime, the number of results to skip, and the media with that CreateTime that were already read. */
  readonly after?: string
  readonly Offset?: number
  readonly seen?: readonly string[]
  /** For a search: a media file of the last page that the next one cannot have, unless VOD has sent a page twice or left media out. */
  readonly past?: string
}

/** The numbers of items of a batch so far. */
export interface BatchCounts {
  /** Items read from the source. */
  readonly read: number
  /** Runs that were started. */
  readonly started: number
  /** Items that were skipped, because all of their outputs exist. */
  readonly skipped: number
  /** Media that VOD does not have, or lists with a malformed FileId. */
  readonly missing: number
  /** Items that the source contains more than once. */
  readonly repeated: number
  /** Ended items by status. */
  readonly ended: Readonly<Record<ItemStatus, number>>
  /** Tasks that VOD made, or may have made, for ended items. */
  readonly tasks: number
}

/** An item that did not succeed. */
export interface BatchFailure {
  /** Id of the media file. */
  readonly FileId: string
  /** How the item ended. */
  readonly status: ItemStatus
  /** Why the item ended like this, at most 200 bytes. */
  readonly reason: string
}

/** The largest number of failures in a report. The same batch with `skipDone`, started again, also processes all others. */
export const maxFailures = 2_000

/** The largest size of the reason of a failure, as JSON. */
export const maxReasonBytes = 200

/** The state that a run of a batch passes to the next. */
export interface BatchState {
  readonly template: BatchTemplate
  /** Absent if the source was read to its end. */
  readonly cursor?: Cursor
  readonly total?: number
  /** Items that were read and not started. */
  readonly waiting: readonly string[]
  /** The FileIds of running items, with the time and the beat of their start. */
  readonly running: Readonly<Record<string, readonly [since: number, beat: number]>>
  /** The number of beats of the batch's own timer. The silence of a run is measured in beats, never by the clock. */
  readonly beats: number
  readonly counts: BatchCounts
  readonly failures: readonly BatchFailure[]
  readonly window: number
  readonly paused: boolean
  readonly stopped?: string
  readonly day: { readonly date: string; readonly tasks: number }
  /** The mean time from start to end of the latest items, in ms. */
  readonly meanMs: number
  readonly startedAt: number
}

/** The progress of a batch, returned by a query. */
export interface BatchProgress {
  /** State of the batch. With `maxTasksPerDay`, it waits for the next day of UTC when the budget is used up. */
  readonly status: 'running' | 'paused' | 'waiting for the next day' | 'stopping' | 'ended'
  /** Items by what became of them. */
  readonly counts: BatchCounts
  /** Number of runs that have not ended. */
  readonly running: number
  /** The number of items in the source. Absent if it is unknown. */
  readonly total?: number
  /** The current limit of concurrent runs: the window, or less. */
  readonly window: number
  /** The number of items that end in an hour. */
  readonly perHour: number
  /** The estimated time of the end at this rate, ISO 8601. Absent while it is unknown. */
  readonly eta?: string
  /** The reason why the batch stops. */
  readonly stopped?: string
  /** Failures so far, at most 2,000. The answer to a change of the batch has the last 10. */
  readonly failures: readonly BatchFailure[]
}

/** The result of a batch. */
export interface BatchReport {
  /** Items by what became of them. */
  readonly counts: BatchCounts
  /** Number of items that were read from the source. */
  readonly total: number
  /** The reason why the batch ended before the end of its source. Absent if it did not. */
  readonly stopped?: string
  /** The first 2,000 failures. */
  readonly failures: readonly BatchFailure[]
  /** The plan of a dry run. */
  readonly plan?: BatchPlan
}

/** The work and the cost of a batch. */
export interface BatchPlan {
  /** Number of items in the source. */
  readonly items: number
  /** Number of runs that the batch would start. */
  readonly wouldStart: number
  /** Number of items that it would skip, because their outputs are there. */
  readonly wouldSkip: number
  /** Number of FileIds that VOD does not have. */
  readonly missing: number
  /** Tasks that VOD would make and bill. */
  readonly tasks: number
  /** Calls to VOD: reading, submitting, and one read for each task. */
  readonly calls: number
  /** Hours for the submits at the rate limit of the queue, without VOD's own processing time. */
  readonly hoursAtRateLimit: number
  /** Temporal actions, as Temporal Cloud bills them. */
  readonly temporalActions: number
}

/** The input of the control update. Absent members change nothing. */
export interface BatchControl {
  /** `true` starts no further runs, `false` continues. */
  readonly paused?: boolean | undefined
  /** 1 to 2,000. */
  readonly window?: number | undefined
  /** The reason for a stop. The batch starts nothing more, and its running items continue to their end. */
  readonly stop?: string | undefined
}
