import type { Ids, Started } from '../../activities/library/types.js'
import {
  type ItemEnded,
  type LibraryCounts,
  type LibraryInput,
  type LibraryState,
  type LibraryTemplate,
  maxFailures,
} from '../../vod/library.js'
import { maxAttempts } from '../../vod/repair.js'

/*
 * What a batch knows and what follows from it, as plain functions: nothing of Temporal here.
 */

const hour = 60 * 60_000
const day = 24 * hour

/** Where a batch begins. */
export function begin(input: LibraryInput, template: LibraryTemplate, at: number): LibraryState {
  const list = 'FileIds' in input.source ? [...new Set(input.source.FileIds)] : undefined
  const repeated = 'FileIds' in input.source ? input.source.FileIds.length - (list?.length ?? 0) : 0
  const ended = {
    succeeded: 0,
    partial: 0,
    failed: 0,
    aborted: 0,
    unknown: 0,
    detached: 0,
    refused: 0,
    cancelled: 0,
  }
  const read = (list?.length ?? 0) + repeated
  return {
    template,
    ...(list ? { total: read } : { cursor: { read: 0 } }),
    waiting: list ?? [],
    running: {},
    beats: 0,
    early: {},
    counts: { read, started: 0, skipped: 0, missing: 0, repeated, ended, tasks: 0 },
    failures: [],
    parts: 0,
    window: input.window ?? 100,
    paused: false,
    day: { date: dateOf(at), tasks: 0 },
    meanMs: 0,
    startedAt: at,
  }
}

export function withRead(state: LibraryState, page: Ids): LibraryState {
  const { cursor: _, ...rest } = state
  const fresh = page.FileIds.filter((FileId) => !state.waiting.includes(FileId))
  const repeated = page.FileIds.length - fresh.length
  const { counts } = state
  return {
    ...rest,
    ...(page.cursor ? { cursor: page.cursor } : {}),
    ...(page.total === undefined ? {} : { total: page.total }),
    waiting: [...state.waiting, ...fresh],
    counts: { ...counts, read: counts.read + page.FileIds.length, repeated: counts.repeated + repeated },
  }
}

export function withStarted(
  state: LibraryState,
  part: Started,
  { at, input }: { at: number; input: LibraryInput },
): LibraryState {
  const begun = [...part.started, ...part.ended.map(({ FileId }) => FileId)]
  const answered = new Set([...begun, ...part.skipped, ...part.missing, ...part.repeated])
  const perItem = tasksPerItem(state, input)
  const { counts } = state
  const today = onDay(state, at)
  const next: LibraryState = {
    ...state,
    parts: state.parts + 1,
    day: { ...today, tasks: today.tasks + begun.length * perItem },
    waiting: state.waiting.filter((FileId) => !answered.has(FileId)),
    early: Object.fromEntries(Object.entries(state.early).filter(([FileId]) => !answered.has(FileId))),
    running: input.dryRun
      ? {}
      : {
          ...state.running,
          ...Object.fromEntries(begun.map((FileId) => [FileId, [at, state.beats] as const])),
        },
    counts: {
      ...counts,
      started: counts.started + begun.length,
      skipped: counts.skipped + part.skipped.length,
      missing: counts.missing + part.missing.length,
      repeated: counts.repeated + part.repeated.length,
    },
  }
  const early = begun.flatMap((FileId) => state.early[FileId] ?? [])
  return [...early, ...part.ended].reduce((now, ended) => withEnded(now, ended, { at, input }), next)
}

/** Each item ends once, whoever says so first: its run, or the check for silent ones. */
export function withEnded(
  state: LibraryState,
  ended: ItemEnded,
  { at, input }: { at: number; input: LibraryInput },
): LibraryState {
  const started = state.running[ended.FileId]
  if (started === undefined) {
    // Its start has not been answered for yet; else it is not of this batch, or has been counted.
    const begins = state.waiting.includes(ended.FileId)
    return begins ? { ...state, early: { ...state.early, [ended.FileId]: ended } } : state
  }
  const { [ended.FileId]: _, ...running } = state.running
  const { [ended.FileId]: __, ...early } = state.early
  const { FileId, status, reason } = ended
  const { counts } = state
  const took = Math.max(0, at - started[0])
  const failed = status !== 'succeeded' && state.failures.length < maxFailures
  return {
    ...state,
    running,
    early,
    meanMs: state.meanMs === 0 ? took : state.meanMs * 0.95 + took * 0.05,
    counts: {
      ...counts,
      tasks: counts.tasks + (ended.tasks ?? tasksPerItem(state, input)),
      ended: { ...counts.ended, [status]: counts.ended[status] + 1 },
    },
    failures: failed ? [...state.failures, { FileId, status, reason: reason.slice(0, 100) }] : state.failures,
  }
}

/** Items that have said nothing for a whole beat. */
export function silentItems({ running, beats }: LibraryState): string[] {
  return Object.entries(running).flatMap(([FileId, [, beat]]) => (beats - beat > 1 ? [FileId] : []))
}

/** Tasks that one item may make at most. */
export function tasksPerItem(
  { template }: Pick<LibraryState, 'template'>,
  { onPartial }: LibraryInput,
): number {
  return Math.max(1, template.TaskTypes.length) * (onPartial === 'repair' ? maxAttempts : 1)
}

export function endedOf({ ended }: LibraryCounts): number {
  return Object.values(ended).reduce((sum, count) => sum + count, 0)
}

export function runningOf({ running }: LibraryState): number {
  return Object.keys(running).length
}

/** VOD shows a task for 72 hours, so an item must not wait in its queue for longer than two days: one is the aim. */
export function effectiveWindow({ window, meanMs }: Pick<LibraryState, 'window' | 'meanMs'>): number {
  return meanMs > day ? Math.max(1, Math.floor((window * day) / meanMs)) : window
}

/** Failures are looked at once so many have ended. */
const enoughToTell = 20

/** Why nothing more may be begun; undefined: go on. */
export function stopReason(state: LibraryState, input: LibraryInput): string | undefined {
  if (state.stopped !== undefined) return state.stopped
  const ended = endedOf(state.counts)
  const failed = ended - state.counts.ended.succeeded
  const percent = (100 * failed) / Math.max(1, ended)
  const { stopAtFailedPercent = 10, maxTasks } = input
  if (ended >= enoughToTell && percent > stopAtFailedPercent)
    return `${failed} of ${ended} did not succeed, more than ${stopAtFailedPercent} %`
  const perItem = tasksPerItem(state, input)
  if ((input.maxTasksPerDay ?? perItem) < perItem)
    return `one item may make ${perItem} tasks, and a day has ${input.maxTasksPerDay}`
  const { tasks } = state.counts
  const more = state.waiting.length > 0 || state.cursor !== undefined
  // What runs may still come to less than it may make at most: only when nothing runs is the money known to be gone.
  if (maxTasks !== undefined && more && runningOf(state) === 0 && tasks + perItem > maxTasks)
    return `${tasks} tasks are made, and one item more could exceed ${maxTasks}`
  return undefined
}

/** How many items may begin now. */
export function room(state: LibraryState, input: LibraryInput, at: number): number {
  if (state.paused || state.stopped !== undefined) return 0
  if (input.dryRun) return state.waiting.length
  const running = runningOf(state)
  const perItem = tasksPerItem(state, input)
  const { maxTasks = Number.POSITIVE_INFINITY, maxTasksPerDay = Number.POSITIVE_INFINITY } = input
  const inAll = Math.floor((maxTasks - state.counts.tasks - running * perItem) / perItem)
  const today = Math.floor((maxTasksPerDay - onDay(state, at).tasks) / perItem)
  return Math.max(0, Math.min(effectiveWindow(state) - running, inAll, today))
}

/** Today's budget is used up, and there is more to do: when the next day begins. */
export function nextDay(state: LibraryState, input: LibraryInput, at: number): number | undefined {
  if (state.waiting.length === 0 || input.maxTasksPerDay === undefined || input.dryRun) return undefined
  const left = input.maxTasksPerDay - onDay(state, at).tasks
  return left >= tasksPerItem(state, input) ? undefined : (Math.floor(at / day) + 1) * day
}

function onDay({ day }: LibraryState, at: number): LibraryState['day'] {
  return day.date === dateOf(at) ? day : { date: dateOf(at), tasks: 0 }
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
