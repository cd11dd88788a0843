import { ApplicationFailure } from '@temporalio/common'
import type { OtherTask, UploadedFile, UploadTasks } from '../contract/activities.js'
import { VodError } from '../contract/errors.js'
import { isTaskId } from '../contract/hint.js'
import { distinct } from '../contract/json.js'
import { isIsoTime } from '../contract/patterns.js'
import { cut } from '../contract/text.js'
import {
  flowTypes,
  isOfUploadKind,
  mostUploadTasks,
  startsWithUpload,
  uploadUnknownType,
} from '../contract/upload.js'
import { incompleteAnswer } from '../vod/incompleteAnswer.js'
import type { ListedTask } from '../vod/responses.js'
import type { ActivityContext } from './context.js'
import { askAgain, toFailure } from './failure.js'
import { activityInfo, cancellationSignal, heartbeat } from './sdk.js'
import { addressOf, isOfThisRun } from './taskAddress.js'

/** The position of the listing. An attempt reads one page, so the position is carried from attempt to attempt. */
interface ListingPosition extends Required<UploadTasks> {
  readonly ScrollToken: string
  /** The number of pages that were read. */
  readonly page: number
}

const start: ListingPosition = { ScrollToken: '', page: 0, tasks: [], others: [] }

/** The largest number of pages. A media file has 5,000 tasks in 72 hours only if the listing has no end. */
const maxPages = 50

/**
 * Finds the task flows and moderation of an uploaded file. Those that the upload itself has started with its Procedure have no SessionId,
 * because no upload API accepts one, and no token of ours.
 */
export function findUploadTasks({ clientFor, macKeys }: ActivityContext) {
  return async ({ account, SubAppId, FileId, CreateTime }: UploadedFile): Promise<UploadTasks> => {
    const { attempt, heartbeatDetails } = activityInfo()
    const position: ListingPosition = heartbeatDetails ?? start
    const { TaskSet, ScrollToken } = await read().catch((error) => {
      // VOD refuses an expired ScrollToken, so the next attempt starts a new listing.
      if (position.page > 0 && error instanceof VodError && error.class === 'permanent') heartbeat(start)
      throw toFailure(error, { attempt, nonRetryable: false })
    })
    // This run was reset after it had submitted, so tasks without a token may belong to others.
    if (TaskSet.some((task) => isOfThisRun(addressOf(task, macKeys)))) return { tasks: [] }
    const flows = TaskSet.filter(({ TaskType }) => flowTypes.includes(TaskType))
    const isOfUpload = (task: ListedTask) => !addressOf(task, macKeys) && startsWithUpload(task, CreateTime)
    const own = flows.filter(isOfUpload).map(({ TaskId, TaskType }) => ({ TaskId, TaskType }))
    const others = flows.filter((task) => !isOfUpload(task)).map(otherTask)
    const found = { tasks: merge(position.tasks, own), others: merge(position.others, others) }
    if (found.tasks.length > mostUploadTasks || found.others.length > mostUploadTasks)
      throw unlisted(`more than ${mostUploadTasks} task flows`)
    if (ScrollToken === '') return found.others.length === 0 ? { tasks: found.tasks } : found
    const page = position.page + 1
    if (page >= maxPages) throw unlisted(`more than ${maxPages} pages of tasks`)
    heartbeat({ ...found, ScrollToken, page } satisfies ListingPosition)
    throw askAgain(`page ${page} read`, 1)

    async function read(): Promise<{ TaskSet: readonly ListedTask[]; ScrollToken: string }> {
      const client = await clientFor(account)
      const { TaskSet, ScrollToken } = await client.call(
        'DescribeTasks',
        {
          SubAppId,
          FileId,
          Sort: { Field: 'CreateTime', Order: 'Asc' },
          Limit: 100,
          ScrollToken: position.ScrollToken || undefined,
        },
        { signal: cancellationSignal() },
      )
      if (TaskSet === null) throw incomplete('TaskSet is null')
      const [lack] = TaskSet.flatMap((task) => lackOf(task, FileId))
      if (lack !== undefined && !TaskSet.some((task) => isOfThisRun(addressOf(task, macKeys))))
        throw incomplete(lack)
      return { TaskSet, ScrollToken }
    }
  }

  function otherTask(task: ListedTask): OtherTask {
    const { TaskId, TaskType } = task
    const workflowId = addressOf(task, macKeys)?.workflowId
    return { TaskId, TaskType, workflowId }
  }
}

function merge<T extends OtherTask>(known: readonly T[], found: readonly T[]): T[] {
  return distinct([...known, ...found], ({ TaskId }) => TaskId)
}

function unlisted(problem: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `VOD lists ${problem} of the media file, so it is unknown which work is already billed. Nothing was submitted`,
    uploadUnknownType,
  )
}

/** Returns the member without which it is unknown what a task is, or whether the upload started it. */
function lackOf(task: ListedTask, FileId: string): string[] {
  const { TaskId, TaskType, CreateTime } = task
  if (!isTaskId(TaskId)) return ['a task has no TaskId']
  const named = `task ${cut(TaskId, 100)}`
  if (TaskType === '') return [`${named} has no TaskType`]
  if (!flowTypes.includes(TaskType)) {
    const isMisspelled = flowTypes.some((type) => type.toLowerCase() === TaskType.trim().toLowerCase())
    return isMisspelled ? [`${named} has the TaskType ${TaskType}`] : []
  }
  if (task.FileId !== '' && task.FileId !== FileId) return [`${named} is of another media file`]
  return isOfUploadKind(task) && !isIsoTime(CreateTime) ? [`${named} has no CreateTime in ISO 8601`] : []
}

/** The listing is read again until it is complete, because the tasks of the upload are already billed. */
function incomplete(problem: string): VodError {
  return incompleteAnswer('DescribeTasks', problem)
}
