import type { ActivityContext } from './context.js'
import { submit } from './submit.js'
import type { RepairRequest, Submission } from './types.js'

/** Does once more what failed of a task flow: the same media, caller's context and priority, fewer sub-tasks. */
export function processMedia(context: ActivityContext) {
  return submit<'ProcessMedia', Submission & RepairRequest>(context, {
    action: 'ProcessMedia',
    requestFor: ({ SubAppId, TasksPriority, TasksNotifyMode }, { FileId, MediaProcessTask }) => ({
      FileId,
      MediaProcessTask,
      ...(SubAppId === undefined ? {} : { SubAppId }),
      ...(TasksPriority === undefined ? {} : { TasksPriority }),
      ...(TasksNotifyMode === undefined ? {} : { TasksNotifyMode }),
    }),
  })
}
