import type { OtherTask, UploadedFile, UploadTasks } from '../contract/activities.js'
import { VodError } from '../contract/errors.js'
import { distinct } from '../contract/json.js'
import { isIsoTime } from '../contract/patterns.js'
import { cut } from '../contract/text.js'
import { flowTypes, isOfUploadKind, startsWithUpload } from '../contract/upload.js'
import type { ListedTask } from '../vod/responses.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'
import { activityInfo, cancellationSignal } from './sdk.js'
import { addressOf, isOfThisRun } from './taskAddress.js'

/**
 * Finds the task flows and moderation of an uploaded file. Those that the upload itself has started with its Procedure have no SessionId,
 * because no upload API accepts one, and no token of ours.
 */
export function findUploadTasks({ clientFor, macKeys }: ActivityContext) {
  return async ({ account, SubAppId, FileId, CreateTime }: UploadedFile): Promise<UploadTasks> => {
    const { attempt } = activityInfo()
    try {
      const client = await clientFor(account)
      const { TaskSet } = await client.call(
        'DescribeTasks',
        {
          SubAppId,
          FileId,
          Sort: { Field: 'CreateTime', Order: 'Asc' },
          Limit: 100,
        },
        { signal: cancellationSignal() },
      )
      if (TaskSet === null) throw incomplete('TaskSet is null')
      // This run was reset after it had submitted, so tasks without a token may belong to others.
      if (TaskSet.some((task) => isOfThisRun(addressOf(task, macKeys)))) return { tasks: [] }
      const [lack] = TaskSet.flatMap((task) => lackOf(task, FileId))
      if (lack !== undefined) throw incomplete(lack)
      const flows = distinct(TaskSet, ({ TaskId }) => TaskId).filter(({ TaskType }) =>
        flowTypes.includes(TaskType),
      )
      const isOfUpload = (task: ListedTask) => !addressOf(task, macKeys) && startsWithUpload(task, CreateTime)
      const tasks = flows.filter(isOfUpload).map(({ TaskId, TaskType }) => ({ TaskId, TaskType }))
      const others = flows.filter((task) => !isOfUpload(task)).map(otherTask)
      return others.length === 0 ? { tasks } : { tasks, others }
    } catch (error) {
      throw toFailure(error, { attempt, nonRetryable: false })
    }
  }

  function otherTask(task: ListedTask): OtherTask {
    const { TaskId, TaskType } = task
    const workflowId = addressOf(task, macKeys)?.workflowId
    return { TaskId, TaskType, workflowId }
  }
}

/** Returns the member without which it is unknown what a task is, or whether the upload started it. */
function lackOf(task: ListedTask, FileId: string): string[] {
  const { TaskId, TaskType, CreateTime } = task
  if (TaskId === '') return ['a task has no TaskId']
  const named = `task ${cut(TaskId, 100)}`
  if (TaskType === '') return [`${named} has no TaskType`]
  if (!flowTypes.includes(TaskType)) return []
  if (task.FileId !== '' && task.FileId !== FileId) return [`${named} is of another media file`]
  return isOfUploadKind(task) && !isIsoTime(CreateTime) ? [`${named} has no CreateTime in ISO 8601`] : []
}

/** The listing is read again until it is complete, because the tasks of the upload are already billed. */
function incomplete(problem: string): VodError {
  return new VodError({ action: 'DescribeTasks', code: 'ClientError.BadResponse', problem })
}
