import type { StepTask, TaskSearch, TaskSearchResult } from '../contract/activities.js'
import { VodError } from '../contract/errors.js'
import { isTaskId } from '../contract/hint.js'
import { distinct } from '../contract/json.js'
import { isTerminal } from '../contract/outcome.js'
import { askedIn } from '../contract/seal/token.js'
import { shownMs } from '../contract/time.js'
import { startsWithUpload } from '../contract/upload.js'
import { maxSkewMs, toleranceOf } from '../vod/clockSkew.js'
import type { ListedTask } from '../vod/responses.js'
import type { ActivityContext } from './context.js'
import { askAgain, toFailure } from './failure.js'
import { refuseOtherRequest } from './otherRequest.js'
import { activityInfo, cancellationSignal, heartbeat } from './sdk.js'
import { addressOf, isOfThisRun } from './taskAddress.js'

/** The position of the search. An attempt reads one page, so the position is carried from attempt to attempt. */
interface TaskSearchPosition {
  readonly ScrollToken: string
  /** The number of pages of this listing that were read. */
  readonly page: number
  readonly listing: number
  /** The listing covers all media, because another request with the same idempotencyKey may name another media file. */
  readonly wide: boolean
  readonly tasks: readonly StepTask[]
}

const start: TaskSearchPosition = { ScrollToken: '', page: 0, listing: 0, wide: false, tasks: [] }

/** The largest number of pages without a FileId. Such a listing has all tasks since the send. */
const maxPages = 50
/** The largest number of pages of one media file, or of a wide listing, which is read once. */
const maxWidePages = 200

/**
 * Finds the tasks that an earlier send of a SessionId made. It compares the SessionId of a task, or the one in its token, because VOD
 * may leave the SessionId of a sibling task empty. A listing may lag behind the submit, so it is read again until
 * every expected type of task is found or `giveUpAfter` has passed.
 */
export function describeTasks({ clientFor, macKeys, keepSwept }: ActivityContext) {
  return async (search: TaskSearch): Promise<TaskSearchResult> => {
    const { attempt, heartbeatDetails, scheduledTimestampMs, currentAttemptScheduledTimestampMs } =
      activityInfo()
    // Both times are from Temporal's clock, which may differ from this machine's.
    const elapsed = currentAttemptScheduledTimestampMs - scheduledTimestampMs
    const position = (heartbeatDetails as TaskSearchPosition | undefined) ?? start
    const { TaskSet, ScrollToken } = await list().catch((error) => {
      // VOD refuses an expired ScrollToken, so the next attempt starts a new listing.
      if (error instanceof VodError && error.class === 'permanent')
        heartbeat({ ...position, ScrollToken: '', page: 0 })
      // The tasks of a send must not be lost to a wrong key or policy that an operator will fix.
      throw toFailure(error, { attempt, nonRetryable: false })
    })
    const listed = TaskSet ?? []
    const ours = listed.filter((task) => isTaskId(task.TaskId) && isOurs(task))
    // After a lost answer and a refusal, no other activity has started the sweep.
    if (ours.length > 0) keepSwept(search)
    for (const task of ours.filter((task) => sessionIdOf(task) === search.SessionId)) {
      const asked = askedIn(task.SessionContext)
      refuseOtherRequest(search.keyed, asked, `task ${task.TaskId} for ${task.FileId}`)
    }
    const known = merge(position.tasks, ours.map(toStepTask))
    const tasks = search.startedWith === undefined ? known : flowIn(search, known)
    const next = afterPage(search, { position, page: { ScrollToken, TaskSet: listed }, tasks, elapsed })
    if ('found' in next) return next.found
    heartbeat(next.from)
    throw askAgain(next.why, next.waitMs)

    async function list() {
      const client = await clientFor(search.account)
      return client.call('DescribeTasks', requestFor(search, position), { signal: cancellationSignal() })
    }

    function isOurs(task: ListedTask): boolean {
      const SessionId = sessionIdOf(task)
      if (SessionId === search.SessionId) return true
      // A listing of all media also shows tasks of other uploads.
      const { startedWith, FileId } = search
      if (SessionId !== undefined || startedWith === undefined || task.FileId !== FileId) return false
      return startsWithUpload(task, startedWith)
    }

    /** Returns the SessionId of the step that made the task, if a step made it. */
    function sessionIdOf(task: ListedTask): string | undefined {
      return task.SessionId || addressOf(task, macKeys)?.SessionId
    }

    function toStepTask(task: ListedTask): StepTask {
      const { TaskId, TaskType, CreateTime, Status } = task
      return {
        TaskId,
        TaskType,
        createdAt: Date.parse(CreateTime) || Date.now(),
        ...(isTerminal(Status) ? { ended: true } : {}),
        ...(isOfThisRun(addressOf(task, macKeys)) ? {} : { elsewhere: true }),
      }
    }
  }
}

function requestFor(search: TaskSearch, { ScrollToken, wide, listing }: TaskSearchPosition) {
  const now = Date.now()
  const FileId = wide ? undefined : search.FileId
  const since = FileId ? 0 : (search.sentSince ?? 0)
  const oldest = Math.max(now - shownMs, since - toleranceOf(listing))
  // If the time of the send is unknown, the latest tasks are the most likely.
  const Order: 'Asc' | 'Desc' = FileId || search.sentSince !== undefined ? 'Asc' : 'Desc'
  return {
    SubAppId: search.SubAppId,
    FileId: FileId || undefined,
    CreateTime: { After: new Date(oldest).toISOString(), Before: new Date(now + maxSkewMs).toISOString() },
    Sort: { Field: 'CreateTime' as const, Order },
    Limit: 100,
    ScrollToken: ScrollToken || undefined,
  }
}

interface PageResult {
  readonly position: TaskSearchPosition
  readonly page: { readonly ScrollToken: string; readonly TaskSet: readonly unknown[] }
  /** The tasks that were found so far. */
  readonly tasks: readonly StepTask[]
  /** The time since the search was scheduled, in ms. */
  readonly elapsed: number
}

/** The result of the search, or the position at which the next attempt continues. */
type Next =
  | { readonly found: TaskSearchResult }
  | { readonly from: TaskSearchPosition; readonly why: string; readonly waitMs: number }

function afterPage(search: TaskSearch, { position, page, tasks, elapsed }: PageResult): Next {
  const isWhole = hasAll(search, tasks)
  if (isWhole && !hasChanged(search, tasks)) return { found: { tasks } }
  const pages = position.page + 1
  if (page.ScrollToken !== '' && page.TaskSet.length > 0 && pages < mostPages(search, position)) {
    const from = { ...position, ScrollToken: page.ScrollToken, page: pages, tasks }
    return { from, why: `page ${pages} read, ${tasks.length} found`, waitMs: 1 }
  }
  if (isWhole && elapsed >= search.settleMs) return { found: { tasks } }
  const isFirst = position.listing === 0 && !position.wide
  if (isFirst && tasks.length === 0 && mayBeOfOtherMedia(search)) {
    const why = 'no task of this media file found; reading the tasks of all media'
    return { from: { ...start, wide: true }, why, waitMs: 1 }
  }
  const listing = position.listing + 1
  const waitMs = search.waits[position.listing] ?? search.waits.at(-1) ?? search.giveUpAfter
  if (elapsed + waitMs > search.giveUpAfter) return { found: { tasks } }
  const why = `listing ${listing} read, ${tasks.length} found`
  return { from: { ...start, listing, tasks }, why, waitMs }
}

function mostPages({ FileId }: TaskSearch, { wide }: TaskSearchPosition): number {
  return wide || FileId ? maxWidePages : maxPages
}

/** Another workflow may have sent a request for another media file with the same key. */
function mayBeOfOtherMedia({ keyed, FileId, startedWith }: TaskSearch): boolean {
  return keyed !== undefined && FileId !== undefined && FileId !== '' && startedWith === undefined
}

/** Only the first task of each type belongs to the flow. Later requests of others for the same file name no step either. */
function flowIn(search: TaskSearch, tasks: readonly StepTask[]): StepTask[] {
  const { expected } = search
  const isKnown = expected.length > 0 && !hasChanged(search, tasks)
  return firstOfEachType(isKnown ? tasks.filter(({ TaskType }) => expected.includes(TaskType)) : tasks)
}

function hasAll({ expected }: TaskSearch, tasks: readonly StepTask[]): boolean {
  return expected.length > 0 && expected.every((type) => tasks.some(({ TaskType }) => TaskType === type))
}

/** Returns true if the template was changed after it made the tasks, and may have made more. Both times are VOD's, in seconds. */
function hasChanged({ changedAt }: TaskSearch, tasks: readonly StepTask[]): boolean {
  return changedAt !== undefined && tasks.some(({ createdAt }) => createdAt <= changedAt)
}

function merge(known: readonly StepTask[], found: readonly StepTask[]): StepTask[] {
  const isNew = ({ TaskId }: StepTask) => !found.some((task) => task.TaskId === TaskId)
  return distinct([...known.filter(isNew), ...found], ({ TaskId }) => TaskId)
}

function firstOfEachType(tasks: readonly StepTask[]): StepTask[] {
  const first = new Map<string, StepTask>()
  for (const task of tasks.toSorted((one, other) => one.createdAt - other.createdAt))
    if (!first.has(task.TaskType)) first.set(task.TaskType, task)
  return [...first.values()]
}
