import type { ReadInput, ReadResult } from '../contract/activities.js'
import { VodError } from '../contract/errors.js'
import { isTaskId } from '../contract/hint.js'
import { isName, text } from '../contract/json.js'
import { countsOf, isTerminal, percentOf } from '../contract/outcome.js'
import { fileOf, taskIn } from '../vod/taskShape.js'
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

interface NextRead {
  /** The wait before it, in ms. Undefined if there is no other read. */
  readonly wait: number | undefined
  readonly waited: Partial<SpentWaits>
}

/** The codes for a task that is older than 72 hours or never existed. It is UNVERIFIED which one VOD uses, so both count. */
const unknownTaskCodes: readonly string[] = ['InvalidParameterValue.TaskId', 'ResourceNotFound']

/** Returns true if the task and its sub-tasks have ended, so another read would return the same. */
export function showsEnd(result: ReadResult): boolean {
  if (result.kind !== 'seen' || result.namesNone) return false
  return isTerminal(result.reading.Status) && countsOf(result.reading).unknown === 0
}

/**
 * Reads a task. Readings are the only source of an outcome. Until the task has ended, the next read is a retry of this
 * activity after the next of `waits`. Every error is retried, so that a running task is not lost to a wrong key or
 * policy that an operator will fix.
 */
export function describeTaskDetail({ clientFor, keepSwept }: ActivityContext) {
  return async (given: ReadInput): Promise<ReadResult> => {
    const { account, SubAppId, TaskId, FileId, waits, lag, untilTerminal } = given
    const { unseenMs = Number.POSITIVE_INFINITY } = given
    // The client would refuse such an id on every attempt.
    if (!isTaskId(TaskId)) return { kind: 'gone', TaskId }
    const { attempt, heartbeatDetails } = activityInfo()
    const before: SpentWaits = heartbeatDetails ?? { open: 0, ended: 0 }
    const result = await readOnce().catch((error) => {
      if (error instanceof VodError && unknownTaskCodes.includes(error.vodCode))
        return { kind: 'gone', TaskId } as const
      throw toFailure(error, { attempt, nonRetryable: false })
    })
    if (showsEnd(result)) return result
    const next = nextRead(result)
    if (next.wait === undefined) return result
    heartbeat({ ...before, ...next.waited } satisfies SpentWaits)
    throw askAgain(stateOf(result), next.wait)

    function nextRead(result: ReadResult): NextRead {
      return lateRead(result) ?? openRead(result.kind === 'seen')
    }

    /** Returns undefined unless VOD has answered what it may correct within seconds. */
    function lateRead(result: ReadResult): NextRead | undefined {
      const wait = lag[before.ended]
      const ended = before.ended + 1
      // A sub-task may lag behind the status of its task, so an unknown part is read again, with waits of its own. It is UNVERIFIED that
      // VOD names each task in its detail, so the last answer is returned even if it names none; the step decides.
      if (result.kind === 'seen')
        return isTerminal(result.reading.Status) ? { wait, waited: { shown: true, ended } } : undefined
      // A proxy may have mixed up two answers.
      return result.answeredAbout === undefined || wait === undefined
        ? undefined
        : { wait, waited: { ended } }
    }

    function openRead(seen: boolean): NextRead {
      const shown = seen || before.shown === true
      const wait = shown ? openWait(seen) : unseenWait()
      // A poll may last for days, so answers that were mixed up hours apart do not add up.
      return { wait, waited: { shown, open: before.open + 1, ...(seen ? { ended: 0 } : {}) } }
    }

    function openWait(repeats: boolean): number | undefined {
      return waits[before.open] ?? (untilTerminal && repeats ? waits.at(-1) : undefined)
    }

    function unseenWait(): number | undefined {
      const waited = waits.slice(0, before.open + 1).reduce((sum, wait) => sum + wait, 0)
      return waited > unseenMs ? undefined : waits[before.open]
    }

    async function readOnce(): Promise<ReadResult> {
      const client = await clientFor(account)
      const detail = await client.call(
        'DescribeTaskDetail',
        { TaskId, SubAppId },
        { signal: cancellationSignal() },
      )
      keepSwept({ account, SubAppId })
      const task = taskIn(text(detail.TaskType), detail)
      const named = text(task?.TaskId)
      if (named !== '' && named !== TaskId) return { kind: 'gone', TaskId, answeredAbout: named }
      const file = fileOf(task)
      if (FileId !== undefined && isName(file) && file !== FileId)
        return { kind: 'gone', TaskId, answeredAbout: file, ofFile: true }
      const reading = await readDetail(client, given, detail)
      const unnamed = named === '' ? { namesNone: true as const } : {}
      return { kind: 'seen', reading, requestId: detail.RequestId, ...unnamed }
    }
  }
}

function stateOf(result: ReadResult): string {
  if (result.kind === 'gone')
    return result.answeredAbout === undefined
      ? 'VOD does not show the task yet'
      : 'the answer is about another task or file'
  if (result.namesNone) return 'the answer does not name the task'
  return `${result.reading.Status}, ${percentOf(result.reading)} %`
}
