import type {
  ReadInput,
  ReadResult,
  TemplateTasks,
  UploadTasks,
  VodActivities,
} from '../contract/activities.js'
import type { AppAddress } from '../contract/appAddress.js'
import { passing } from '../contract/check.js'
import { queueFor } from '../contract/queues.js'
import { startedByUpload, templateTasks } from '../contract/results.js'
import { minute } from '../contract/time.js'
import { isReadResult } from './step/results.js'
import { requireResult, type UncheckedActivities, uncheckedActivities } from './unchecked.js'

/** Returns the activities with which a run of an upload rule reads. The Temporal UI shows the summary. */
export function uploadReads(account = 'default', summary: string): UncheckedActivities<VodActivities> {
  return uncheckedActivities<VodActivities>({
    taskQueue: queueFor(account, 'confirmUpload'),
    startToCloseTimeout: 30_000,
    retry: { initialInterval: 2_000, backoffCoefficient: 2, maximumInterval: minute },
    summary,
  })
}

/** Reads a task: once, or with the waits until it has ended. An answer about another file than the one that is given is not about the task. */
export function readTask(
  app: AppAddress,
  { waits = [], ...task }: Pick<ReadInput, 'TaskId' | 'FileId'> & { readonly waits?: readonly number[] },
  why: string,
): Promise<ReadResult> {
  const { DescribeTaskDetail } = uploadReads(app.account, why)
  const untilTerminal = waits.length > 0
  return requireResult(
    'DescribeTaskDetail',
    () => DescribeTaskDetail({ ...app, ...task, waits, lag: waits, untilTerminal }),
    (result) => (isReadResult(result, task.TaskId) ? result : undefined),
  )
}

/** What a template asks for. */
export type FlowTemplate = Pick<TemplateTasks, 'known' | 'TaskTypes' | 'flowParts' | 'review'>

/** Reads what a template asks for. */
export function templateOf(app: AppAddress, ProcedureName: string, why: string): Promise<FlowTemplate> {
  const { readTemplateTasks } = uploadReads(app.account, why)
  return requireResult(
    'readTemplateTasks',
    () => readTemplateTasks({ ...app, ProcedureName }),
    (result) => passing(templateTasks, result),
  )
}

/** Lists the tasks of an uploaded file. */
export function tasksOf(
  app: AppAddress,
  file: { readonly FileId: string; readonly CreateTime: string },
  why: string,
): Promise<UploadTasks> {
  const { findUploadTasks } = uploadReads(app.account, why)
  return requireResult(
    'findUploadTasks',
    () => findUploadTasks({ ...app, ...file }),
    (result) => passing(startedByUpload, result),
  )
}
