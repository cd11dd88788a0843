import type { ReadInput, ReadResult } from '../contract/activities.js'
import { VodError } from '../contract/errors.js'
import { isTaskId } from '../contract/hint.js'
import { text } from '../contract/json.js'
import { countsOf, isTerminal, percentOf } from '../contract/outcome.js'
import { taskIn } from '../vod/taskShape.js'
import type { ActivityContext } from './context.js'
import { askAgain, toFailure } from './failure.js'
import { readDetail } from './readDetail.js'
import { activityInfo, cancellationSignal, heartbeat } from './sdk.js'

/** The numbers of waits so far, carried from attempt to attempt: for an open task and for an ended one. */
interface SpentWaits {
  readonly open: number
  /** VOD has shown the task. */
  readonly shown?: boolean
  readonly ended: number
}

/** The codes for a task that is older than 72 hours or never existed. It is UNVERIFIED which one VOD uses, so both count. */
const unknownTaskCodes: readonly string[] = ['InvalidParameterValue.TaskId', 'ResourceNotFound']

/** Returns true if the task and its sub-tasks have ended, so another read would return the same. */
export function isWhole(looked: ReadResult): boolean {
  if (looked.kind !== 'seen' || looked.ofAnother) return false
  return isTerminal(looked.reading.Status) && countsOf(looked.reading).unknown === 0
}

/**
 * Reads a task. Readings are the only source of an outcome. Until the task has ended, the next read is a retry of this
 * activity after the next of `waits`. Every error is retried, so that a running task is not lost to a wrong key or
 * policy that an operator will fix.
 */
export function describeTaskDetail({ clientFor, keepSwept }: ActivityContext) {
  return async (given: ReadInput): Promise<ReadResult> => {
    const { account, SubAppId, TaskId, waits, lag, untilTerminal } = given
    const { unseenMs = Number.POSITIVE_INFINITY } = given
    // The client would refuse such an id on every attempt.
    if (!isTaskId(TaskId)) return { kind: 'gone', TaskId }
    const { attempt, heartbeatDetails } = activityInfo()
    const before: SpentWaits = heartbeatDetails ?? { open: 0, ended: 0 }
    // An attempt that fails would lose the details of the one before. Temporal Cloud bills each heartbeat, and most reads need none.
    if (attempt > 1) heartbeat(before)
    const looked = await look().catch((error) => {
      if (error instanceof VodError && unknownTaskCodes.includes(error.vodCode))
        return { kind: 'gone', TaskId } as const
      throw toFailure(error, { attempt, nonRetryable: false })
    })
    if (isWhole(looked)) return looked
    const next = nextRead(looked)
    if (next.wait === undefined) return looked
    heartbeat({ ...before, ...next.waited } satisfies SpentWaits)
    throw askAgain(stateOf(looked), next.wait)

    function nextRead(looked: ReadResult): {
      readonly wait: number | undefined
      readonly waited: Partial<SpentWaits>
    } {
      const seen = looked.kind === 'seen'
      // A sub-task may lag behind the status of its task, so an unknown part is read again, with waits of its own. So is an answer that a
      // proxy has mixed up with another one. It is UNVERIFIED that VOD names each task in its detail, so the last answer is accepted.
      if (seen && isTerminal(looked.reading.Status))
        return { wait: lag[before.ended], waited: { shown: true, ended: before.ended + 1 } }
      const shown = seen || before.shown === true
      const wait = shown ? openWait(seen) : unseenWait()
      return { wait, waited: { shown, open: before.open + 1 } }
    }

    function openWait(repeats: boolean): number | undefined {
      return waits[before.open] ?? (untilTerminal && repeats ? waits.at(-1) : undefined)
    }

    function unseenWait(): number | undefined {
      const waited = waits.slice(0, before.open + 1).reduce((sum, wait) => sum + wait, 0)
      return waited > unseenMs ? undefined : waits[before.open]
    }

    async function look(): Promise<ReadResult> {
      const client = await clientFor(account)
      const detail = await client.call(
        'DescribeTaskDetail',
        { TaskId, SubAppId },
        { signal: cancellationSignal() },
      )
      keepSwept({ account, SubAppId })
      const reading = await readDetail(client, given, detail)
      const ofAnother = text(taskIn(reading.TaskType, detail)?.TaskId) !== TaskId
      return { kind: 'seen', reading, requestId: detail.RequestId, ...(ofAnother ? { ofAnother } : {}) }
    }
  }
}

function stateOf(looked: ReadResult): string {
  if (looked.kind === 'gone') return 'VOD does not show the task yet'
  if (looked.ofAnother) return 'the answer does not name this task'
  return `${looked.reading.Status}, ${percentOf(looked.reading)} %`
}
