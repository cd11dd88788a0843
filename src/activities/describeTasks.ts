import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity'
import type { z } from 'zod'
import { VodError } from '../vod/errors.js'
import { isTerminal } from '../vod/reading.js'
import type { TaskSimpleInfo } from '../vod/schemas/tasks.js'
import { sessionIdFor } from '../vod/sessionId.js'
import { openSessionContext } from '../vod/token.js'
import type { ActivityContext } from './context.js'
import { askAgain, toFailure } from './failure.js'
import type { Found, Search, StepTask } from './types.js'

/** Where the search stands: carried from attempt to attempt, since an attempt is one page. */
interface Position {
  readonly ScrollToken: string
  /** Pages read of this listing. */
  readonly page: number
  readonly listing: number
  readonly tasks: readonly StepTask[]
}

const start: Position = { ScrollToken: '', page: 0, listing: 0, tasks: [] }

/** Without a FileId the listing cannot be narrowed to the media: all tasks of these minutes, at most so many pages. */
const skewMs = 2 * 60_000
const maxPages = 20

/** VOD lists tasks of the last 72 hours. */
const windowMs = 72 * 60 * 60_000

/**
 * Finds the tasks that an earlier send of a SessionId made: by SessionId, or by our token in SessionContext,
 * because VOD may leave the SessionId of a sibling task empty. A listing may lag behind the submit, so it is
 * read again until every expected type of task is there or `giveUpAfter` is over.
 */
export function describeTasks({ clientFor, macKeys }: ActivityContext) {
  return async (search: Search): Promise<Found> => {
    const { attempt, heartbeatDetails, scheduledTimestampMs } = activityInfo()
    const SessionId = search.SessionId || sessionIdFor(search)
    const position = (heartbeatDetails as Position | undefined) ?? start
    heartbeat(position)
    const answer = await list(position).catch((error) => {
      // VOD refuses a token that has expired: the next attempt begins a new listing. Anything else passes.
      if (error instanceof VodError && error.class === 'permanent')
        heartbeat({ ...position, ScrollToken: '', page: 0 })
      // What a send made must not be lost to a wrong key or policy that somebody will fix.
      throw toFailure(error, { attempt, nonRetryable: false })
    })
    const tasks = merge(position.tasks, answer.TaskSet.filter(isOurs).map(toStepTask))
    const complete =
      search.expected.length > 0 &&
      search.expected.every((type) => tasks.some((task) => task.TaskType === type))
    if (complete) return { tasks, complete }
    const page = position.page + 1
    if (answer.ScrollToken !== '' && answer.TaskSet.length > 0 && (search.FileId || page < maxPages)) {
      heartbeat({ ...position, ScrollToken: answer.ScrollToken, page, tasks } satisfies Position)
      throw askAgain(`page ${page} read, ${tasks.length} found`, 1)
    }
    const wait = search.waits[position.listing] ?? search.waits.at(-1) ?? search.giveUpAfter
    if (Date.now() + wait > scheduledTimestampMs + search.giveUpAfter) return { tasks, complete }
    heartbeat({ ...start, listing: position.listing + 1, tasks } satisfies Position)
    throw askAgain(`listing ${position.listing + 1} read, ${tasks.length} found`, wait)

    async function list({ ScrollToken }: Position) {
      const client = await clientFor(search.account)
      const now = Date.now()
      const oldest = search.FileId ? now - windowMs : Math.max(now - windowMs, search.since - skewMs)
      return client.call(
        'DescribeTasks',
        {
          ...(search.SubAppId === undefined ? {} : { SubAppId: search.SubAppId }),
          ...(search.FileId ? { FileId: search.FileId } : {}),
          CreateTime: { After: new Date(oldest).toISOString(), Before: new Date(now + skewMs).toISOString() },
          Sort: { Field: 'CreateTime', Order: 'Asc' },
          Limit: 100,
          ...(ScrollToken === '' ? {} : { ScrollToken }),
        },
        { signal: cancellationSignal() },
      )
    }

    function isOurs(task: { SessionId: string; SessionContext: string; CreateTime: string }): boolean {
      if (search.anyOfFile) return !(Date.parse(task.CreateTime) < search.since - skewMs)
      if (task.SessionId !== '') return task.SessionId === SessionId
      const opened = openSessionContext(task.SessionContext, macKeys)
      if (opened.verdict !== 'ours') return false
      const { chain, key, attempt } = opened.address
      return chain === search.chain && key === search.key && attempt === search.attempt
    }
  }
}

function toStepTask(task: z.output<typeof TaskSimpleInfo>): StepTask {
  const { TaskId, TaskType, CreateTime, Status } = task
  const ended = isTerminal(Status) ? ({ ended: true } as const) : {}
  return { TaskId, TaskType, createdAt: Date.parse(CreateTime) || Date.now(), ...ended }
}

function merge(known: readonly StepTask[], found: readonly StepTask[]): StepTask[] {
  return [...known.filter(({ TaskId }) => !found.some((task) => task.TaskId === TaskId)), ...found]
}
