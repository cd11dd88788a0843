import type { SweepPass, SweepResult } from '../contract/activities.js'
import { backoffMs } from '../contract/backoff.js'
import { VodError } from '../contract/errors.js'
import { forgetOldest } from '../contract/forgetOldest.js'
import { isTaskId, type TaskHint } from '../contract/hint.js'
import { meterWith } from '../contract/metrics.js'
import { isTerminal } from '../contract/outcome.js'
import { openSessionContext } from '../contract/seal/token.js'
import { minute, shownMs } from '../contract/time.js'
import { isNotTaken, signalOnce } from '../temporal/signalOnce.js'
import { maxSkewMs } from '../vod/clockSkew.js'
import type { ActivityContext } from './context.js'
import { askAgain, toFailure } from './failure.js'
import { activityInfo, cancellationSignal, getClient, heartbeat, log, metricMeter } from './sdk.js'

/** The position of the sweep. An attempt reads one page, so the position is carried from attempt to attempt. */
interface SweepPosition extends SweepResult {
  readonly ScrollToken: string
  /** The number of pages of this listing that were read. */
  readonly page: number
  /** The number of refusals since VOD's last answer. */
  readonly refused?: number
}

/**
 * The largest number of pages in one reading, so that a listing without end does not take all calls for ever. The next reading continues at
 * the latest FinishTime of this one.
 */
const maxPages = 10_000

/** A new listing fixes an expired ScrollToken, and an operator may fix a wrong policy. A deleted sub-app is refused forever. */
const refusedMs = { first: 2_000, most: 10 * minute }

/**
 * Reads the pages of finished tasks and sends a hint to each run that waits for one. It uses no filter by Status, because VOD has none for
 * ABORTED. It verifies tokens as callbacks do, because a listing shows contexts that anyone may have sent.
 */
export function sweepTasks({ clientFor, macKeys }: ActivityContext) {
  return async ({ account, SubAppId, gracePeriod, finishedSince }: SweepPass): Promise<SweepResult> => {
    const info = activityInfo()
    const { attempt, heartbeatDetails, scheduledTimestampMs, workflowNamespace } = info
    const until = scheduledTimestampMs - gracePeriod
    // If nothing has finished yet, the next window starts earlier by the largest difference of clocks.
    const start: SweepPosition = { ScrollToken: '', page: 0, newest: until - maxSkewMs, tasks: 0, hinted: 0 }
    const position = (heartbeatDetails as SweepPosition | undefined) ?? start
    const { refused: times = 0 } = position
    const { TaskSet, ScrollToken } = await list(position.ScrollToken).catch((error) => {
      // VOD refuses an expired ScrollToken, so the next attempt starts the window again.
      const refused = error instanceof VodError && error.class === 'permanent'
      if (refused) heartbeat({ ...start, refused: times + 1 } satisfies SweepPosition)
      // The tasks of this window are no longer listed. A sub-app that is used again gets a new sweep.
      const nonRetryable = refused && info.currentAttemptScheduledTimestampMs - scheduledTimestampMs > shownMs
      throw toFailure(error, {
        attempt,
        nonRetryable,
        ...(refused ? { waitMs: backoffMs(refusedMs, times) } : {}),
      })
    })
    const listed = TaskSet ?? []
    const settled = listed.filter((task) => isTerminal(task.Status) && finishOf(task) <= until)
    const hints = await Promise.all(settled.map(hint))
    const swept: SweepResult = {
      newest: Math.max(position.newest, ...settled.map(finishOf)),
      tasks: position.tasks + settled.length,
      hinted: position.hinted + hints.filter(Boolean).length,
    }
    const page = position.page + 1
    if (page >= maxPages) log.warn('a listing of tasks has too many pages; the rest is left out', { page })
    if (ScrollToken === '' || listed.length === 0 || page >= maxPages) {
      meterWith(metricMeter).count('sweeps', { account })
      return swept
    }
    heartbeat({ ...swept, ScrollToken, page } satisfies SweepPosition)
    throw askAgain(`${swept.tasks} finished tasks read`, 1)

    async function list(ScrollToken: string) {
      const client = await clientFor(account)
      const before = new Date(until).toISOString()
      const finished = finishedSince !== undefined && {
        FinishTime: { After: new Date(finishedSince).toISOString(), Before: before },
      }
      const all = { CreateTime: { After: new Date(until - shownMs).toISOString() } }
      const request = {
        SubAppId,
        ...(finished || all),
        Sort: { Field: finished ? ('FinishTime' as const) : ('CreateTime' as const), Order: 'Asc' as const },
        Limit: 100,
        ScrollToken: ScrollToken || undefined,
      }
      return client.call('DescribeTasks', request, { signal: cancellationSignal() })
    }

    async function hint({ TaskId, SessionContext }: { TaskId: string; SessionContext: string }) {
      const opened = openSessionContext(SessionContext, macKeys)
      if (opened.verdict !== 'ours' || !isTaskId(TaskId)) return false
      const { namespace, workflowId, SessionId } = opened.address
      // Each namespace has its own sweeps. So has the same application with its SubAppId and without.
      if (namespace !== workflowNamespace || opened.address.SubAppId !== SubAppId) return false
      return hintOnce(workflowId, { v: 1, SessionId, TaskId, terminal: true, via: 'sweep' })
    }
  }
}

/** Returns 0 if VOD shows no FinishTime (empty, null and the year 1 all occur). */
function finishOf({ FinishTime }: { FinishTime: string }): number {
  return Math.max(0, Date.parse(FinishTime) || 0)
}

/** The largest number of tasks that this process remembers, about 10 MB. */
const maxRemembered = 100_000
const remembered = new Set<string>()

/**
 * Signals a run once for each task of a step, across windows, workers and restarts. The sweep has seen that the task is over, so a later
 * hint could add nothing. This process does not send the same signal again.
 *
 * @returns true if a run accepted the signal.
 * @throws ServiceError if Temporal could not be reached.
 */
async function hintOnce(workflowId: string, hint: TaskHint): Promise<boolean> {
  const known = `${hint.SessionId} ${hint.TaskId}`
  if (remembered.has(known)) return false
  const requestId = `vodflow.sweep/${hint.TaskId}`
  const taken = await signalOnce(getClient(), { workflowId, requestId, hint }).then(
    () => true,
    (error: unknown) => {
      if (isNotTaken(error)) return false
      throw error
    },
  )
  // A run that has ended may be reset, and then needs the hint after all.
  if (!taken) return false
  remembered.add(known)
  forgetOldest(remembered, maxRemembered)
  return true
}
