import type { UploadedFile, UploadTasks } from '../contract/activities.js'
import { VodError } from '../contract/errors.js'
import { distinct } from '../contract/json.js'
import { isIsoTime } from '../contract/patterns.js'
import { cut } from '../contract/text.js'
import { isOfUploadKind, startsWithUpload } from '../contract/upload.js'
import type { VodResponse } from '../vod/api.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'
import { activityInfo, cancellationSignal } from './sdk.js'
import { addressOf, isOfThisRun } from './taskAddress.js'

/**
 * Finds the tasks that an upload itself has started with its Procedure. They have no SessionId, because no upload API accepts one, and
 * no token of ours.
 */
export function findUploadTasks({ clientFor, macKeys }: ActivityContext) {
  return async ({ account, SubAppId, FileId, CreateTime }: UploadedFile): Promise<UploadTasks> => {
    const { attempt } = activityInfo()
    try {
      const client = await clientFor(account)
      const { TaskSet, hasList } = await client.call(
        'DescribeTasks',
        {
          SubAppId,
          FileId,
          Sort: { Field: 'CreateTime', Order: 'Asc' },
          Limit: 100,
        },
        { signal: cancellationSignal() },
      )
      if (!hasList) throw incomplete('TaskSet is null')
      // This run was reset after it had submitted, so tasks without a token may belong to others.
      if (TaskSet.some((task) => isOfThisRun(addressOf(task, macKeys)))) return { tasks: [] }
      const others = TaskSet.filter((task) => !addressOf(task, macKeys))
      const [lack] = others.flatMap((task) => lackOf(task, FileId))
      if (lack !== undefined) throw incomplete(lack)
      const tasks = distinct(others, ({ TaskId }) => TaskId).filter((task) =>
        startsWithUpload(task, CreateTime),
      )
      return { tasks: tasks.map(({ TaskId, TaskType }) => ({ TaskId, TaskType })) }
    } catch (error) {
      throw toFailure(error, { attempt, nonRetryable: false })
    }
  }
}

/** Returns the member without which it is unknown whether the upload started a task. */
function lackOf(task: VodResponse<'DescribeTasks'>['TaskSet'][number], FileId: string): string[] {
  const { TaskId, TaskType, CreateTime } = task
  if (TaskId === '') return ['a task has no TaskId']
  const named = `task ${cut(TaskId, 100)}`
  if (TaskType === '') return [`${named} has no TaskType`]
  if (!isOfUploadKind(task)) return []
  if (task.FileId !== '' && task.FileId !== FileId) return [`${named} is of another media file`]
  return !isIsoTime(CreateTime) ? [`${named} has no CreateTime in ISO 8601`] : []
}

/** The listing is read again until it is complete, because the tasks of the upload are already billed. */
function incomplete(problem: string): VodError {
  return new VodError({ action: 'DescribeTasks', code: 'ClientError.BadResponse', problem })
}
