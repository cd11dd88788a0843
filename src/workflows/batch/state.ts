import {
  type BatchCounts,
  type BatchInput,
  type BatchState,
  type BatchTemplate,
  type ItemEnded,
  type ItemStatus,
  maxFailures,
  maxReasonBytes,
} from '../../contract/batch.js'
import type { Ids, StartResults } from '../../contract/batchActivities.js'
import { maxAttempts } from '../../contract/repair.js'
import { cutJson } from '../../contract/text.js'
import { day } from '../../contract/time.js'

/*
 * The state of a batch, as plain functions without Temporal.
 */

/** Returns the first state of a batch. */
export function begin(input: BatchInput, template: BatchTemplate, at: number): BatchState {
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
    canceled: 0,
  }
  const read = (list?.length ?? 0) + repeated
  return {
    template,
    ...(list ? { total: read } : { cursor: { read: 0 } }),
    waiting: list ?? [],
    running: {},
    beats: 0,
    counts: { read, started: 0, skipped: 0, missing: 0, repeated, ended, tasks: 0 },
    failures: [],
    window: input.window ?? 100,
    paused: false,
    day: { date: dateOf(at), tasks: 0 },
    meanMs: 0,
    startedAt: at,
  }
}

export function withRead(state: BatchState, page: Ids): BatchState {
  const { cursor: _, ...rest } = state
  const fresh = [...new Set(page.FileIds)].filter((FileId) => !state.waiting.includes(FileId))
  const repeated = page.FileIds.length - fresh.length
  const { odd = 0 } = page
  const { counts } = state
  return {
    ...rest,
    ...(page.cursor ? { cursor: page.cursor } : {}),
    ...(page.total === undefined ? {} : { total: page.total }),
    waiting: [...state.waiting, ...fresh],
    counts: {
      ...counts,
      read: counts.read + page.FileIds.length + odd,
      repeated: counts.repeated + repeated,
      missing: counts.missing + odd,
    },
  }
}

/** A pending call that starts items. An item may end before the answer; no other end of an item that is not running is kept. */
export interface StartCall {
  readonly since: number
  readonly FileIds: readonly string[]
  readonly early: readonly ItemEnded[]
}

/** Adds an end to the call, if the call may have started the item. */
export function withEarly(
  call: StartCall,
  said: ItemEnded,
  { state, at }: { state: BatchState; at: number },
): StartCall {
  if (!call.FileIds.includes(said.FileId)) return call
  const others = call.early.filter(({ FileId }) => FileId !== said.FileId)
  return { ...call, early: [...others, believable(said, { state, since: call.since, at })] }
}

export function withStarted(
  state: BatchState,
  part: StartResults,
  { at, input, early = [] }: { at: number; input: BatchInput; early?: readonly ItemEnded[] },
): BatchState {
  const begun = [...part.started, ...part.ended.map(({ FileId }) => FileId)]
  const answered = new Set([...begun, ...part.skipped, ...part.missing, ...part.repeated])
  const perItem = tasksPerItem(state, input)
  const { counts } = state
  const today = onDay(state, input, at)
  const next: BatchState = {
    ...state,
    day: { ...today, tasks: today.tasks + begun.length * perItem },
    waiting: state.waiting.filter((FileId) => !answered.has(FileId)),
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
  const startedHere = new Set(begun)
  const heard = early.filter(({ FileId }) => startedHere.has(FileId))
  return [...heard, ...part.ended].reduce((now, ended) => withEnded(now, ended, { at, input }), next)
}

/** The ends of a run without an accepted submission. */
const mayHaveMadeNothing: Partial<Record<ItemStatus, true>> = { refused: true, canceled: true }

/** Limits the end in a signal, which anyone may have sent, to values that are possible for an item that was started at `since`. */
function believable(
  said: ItemEnded,
  { state, since, at }: { state: BatchState; since: number; at: number },
): ItemEnded {
  const { status, tasks, unsure = 0, lastMadeAt } = said
  const least = mayHaveMadeNothing[status] || unsure > 0 ? 0 : tasksPerSubmission(state)
  return {
    ...said,
    ...(tasks === undefined ? {} : { tasks: Math.max(tasks, least) }),
    ...(lastMadeAt === undefined ? {} : { lastMadeAt: Math.min(at, Math.max(since, lastMadeAt)) }),
  }
}

/** Applies the end in a signal. It counts only for a running item. */
export function withSaid(
  state: BatchState,
  said: ItemEnded,
  { at, input }: { at: number; input: BatchInput },
): BatchState {
  const since = startOf(state, said.FileId)
  return since === undefined ? state : withEnded(state, believable(said, { state, since, at }), { at, input })
}

/** Applies the end of an item. Each item ends once: the first report counts, from its run or from the check of silent runs. */
export function withEnded(
  state: BatchState,
  ended: ItemEnded,
  { at, input }: { at: number; input: BatchInput },
): BatchState {
  const since = startOf(state, ended.FileId)
  // The item does not belong to this batch, or was already counted.
  if (since === undefined) return state
  const { [ended.FileId]: _, ...running } = state.running
  const { FileId, status, reason } = ended
  const { counts } = state
  const tasks = tasksOf(state, input, ended)
  const today = onDay(state, input, at)
  // Today's budget contained all tasks that the item might make.
  const madeToday = dayOf(ended.lastMadeAt ?? at) < dayOfDate(today.date) ? 0 : tasks
  const took = Math.max(0, at - since)
  const failed = status !== 'succeeded' && state.failures.length < maxFailures
  return {
    ...state,
    running,
    day: { ...today, tasks: today.tasks - tasksPerItem(state, input) + madeToday },
    meanMs: state.meanMs === 0 ? took : state.meanMs * 0.95 + took * 0.05,
    counts: {
      ...counts,
      tasks: counts.tasks + tasks,
      ended: { ...counts.ended, [status]: counts.ended[status] + 1 },
    },
    failures: failed
      ? [...state.failures, { FileId, status, reason: cutJson(reason, maxReasonBytes) }]
      : state.failures,
  }
}

/** Returns the start of a running item. An id can be any text, even the name of an inherited member such as `constructor`. */
function startOf({ running }: BatchState, FileId: string): number | undefined {
  return Object.hasOwn(running, FileId) ? running[FileId]?.[0] : undefined
}

/** Returns the items that were silent for a whole beat. */
export function silentItems({ running, beats }: BatchState): string[] {
  return Object.entries(running).flatMap(([FileId, [, beat]]) => (beats - beat > 1 ? [FileId] : []))
}

/** Returns the largest number of tasks of one submission. */
function tasksPerSubmission({ template }: Pick<BatchState, 'template'>): number {
  return Math.max(1, template.TaskTypes.length)
}

/** Returns the largest number of tasks of one item. */
export function tasksPerItem(state: Pick<BatchState, 'template'>, { onPartial }: BatchInput): number {
  return tasksPerSubmission(state) * (onPartial === 'repair' ? maxAttempts : 1)
}

/** Returns the number of tasks that an item has made, or may have made. */
function tasksOf(state: BatchState, input: BatchInput, { tasks, unsure = 0 }: ItemEnded): number {
  const most = tasksPerItem(state, input)
  if (tasks === undefined) return most
  return unsure === 0 ? tasks : Math.max(tasks, Math.min(most, tasks + unsure * tasksPerSubmission(state)))
}

/** Returns the position of the next item in the source: the number of items that were started or skipped. */
export function positionOf({ counts, waiting }: BatchState): number {
  return counts.read - waiting.length
}

export function endedOf({ ended }: BatchCounts): number {
  return Object.values(ended).reduce((sum, count) => sum + count, 0)
}

export function runningOf({ running }: BatchState): number {
  return Object.keys(running).length
}

/** VOD shows a task for 72 hours, so an item must not wait in VOD's queue for more than two days. The window aims at one day. */
export function effectiveWindow({ window, meanMs }: Pick<BatchState, 'window' | 'meanMs'>): number {
  return meanMs > day ? Math.max(1, Math.floor((window * day) / meanMs)) : window
}

/** The number of ended items from which on the share of failures counts. */
const enoughToTell = 20

/** Returns the reason why nothing more may be started, or undefined if the batch continues. */
export function stopReason(state: BatchState, input: BatchInput): string | undefined {
  if (state.stopped !== undefined) return state.stopped
  const ended = endedOf(state.counts)
  const failed = ended - state.counts.ended.succeeded
  const percent = (100 * failed) / Math.max(1, ended)
  const { stopAtFailedPercent = 10, maxTasks } = input
  if (ended >= enoughToTell && percent > stopAtFailedPercent)
    return `${failed} of ${ended} items did not succeed, which is more than ${stopAtFailedPercent} %`
  const perItem = tasksPerItem(state, input)
  if ((input.maxTasksPerDay ?? perItem) < perItem)
    return `one item may make ${perItem} tasks, and the limit of a day is ${input.maxTasksPerDay}`
  const { tasks } = state.counts
  const more = state.waiting.length > 0 || state.cursor !== undefined
  // Running items may make fewer tasks than they might, so the budget is certainly used up only when nothing is running.
  if (maxTasks !== undefined && more && runningOf(state) === 0 && tasks + perItem > maxTasks)
    return `${tasks} tasks were made, and another item could exceed the limit of ${maxTasks}`
  return undefined
}

/** Returns the number of items that may start now. */
export function room(state: BatchState, input: BatchInput, at: number): number {
  if (state.paused || state.stopped !== undefined) return 0
  if (input.dryRun) return state.waiting.length
  const running = runningOf(state)
  const perItem = tasksPerItem(state, input)
  const { maxTasks = Number.POSITIVE_INFINITY, maxTasksPerDay = Number.POSITIVE_INFINITY } = input
  const inAll = Math.floor((maxTasks - state.counts.tasks - running * perItem) / perItem)
  const today = Math.floor((maxTasksPerDay - onDay(state, input, at).tasks) / perItem)
  return Math.max(0, Math.min(effectiveWindow(state) - running, inAll, today))
}

/** Returns the start of the next day if today's budget is used up and items are waiting. */
export function nextDay(state: BatchState, input: BatchInput, at: number): number | undefined {
  if (state.waiting.length === 0 || input.maxTasksPerDay === undefined || input.dryRun) return undefined
  const left = input.maxTasksPerDay - onDay(state, input, at).tasks
  return left >= tasksPerItem(state, input) ? undefined : (dayOf(at) + 1) * day
}

/** Returns today's tasks: those that were made today, and those that running items may make. */
function onDay(state: BatchState, input: BatchInput, at: number): BatchState['day'] {
  const date = dateOf(at)
  // An item that was started yesterday may be submitted today.
  return dayOfDate(state.day.date) >= dayOf(at)
    ? state.day
    : { date, tasks: runningOf(state) * tasksPerItem(state, input) }
}

/** Returns the number of a UTC day. */
function dayOf(at: number): number {
  return Math.floor(at / day)
}

function dayOfDate(date: string): number {
  return dayOf(Date.parse(date))
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
