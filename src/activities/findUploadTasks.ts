import { activityInfo, cancellationSignal } from '@temporalio/activity'
import type { UploadedFile, UploadTasks } from '../contract/activities.js'
import { startsWithUpload } from '../contract/upload.js'
import type { ActivityContext } from './context.js'
import { toFailure } from './failure.js'
import { addressOf, isOfThisRun } from './taskAddress.js'

/**
 * Finds the tasks that an upload itself has started: by its Procedure, which VOD starts with the media file. They have no SessionId,
 * since no API of uploading takes one, and no token of ours.
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
      // A reset run that has submitted: what others have made since is not the upload's.
      if (TaskSet.some((task) => isOfThisRun(addressOf(task, macKeys)))) return { tasks: [] }
      const tasks = TaskSet.filter((task) => startsWithUpload(task, CreateTime) && !addressOf(task, macKeys))
      return { tasks: tasks.map(({ TaskId, TaskType }) => ({ TaskId, TaskType })) }
    } catch (error) {
      throw toFailure(error, { attempt, nonRetryable: false })
    }
  }
}
