import { type SubmitAction, submitActions } from '../contract/actions.js'
import type { VodActivities, VodCall } from '../contract/activities.js'
import { awaitRun } from './awaitRun.js'
import { checkRuns } from './batch/checkRuns.js'
import { openBatch } from './batch/openBatch.js'
import { readIds } from './batch/readIds.js'
import { startRuns } from './batch/startRuns.js'
import { callVod } from './callVod.js'
import { confirmUpload } from './confirmUpload.js'
import type { ActivityContext } from './context.js'
import { describeTaskDetail } from './describeTaskDetail.js'
import { describeTasks } from './describeTasks.js'
import { findPulled } from './findPulled.js'
import { findUploadTasks } from './findUploadTasks.js'
import { readAtOnce } from './localRead.js'
import { manageTask } from './manageTask.js'
import { readMediaOutputs } from './readMediaOutputs.js'
import { readTemplateTasks } from './readTemplateTasks.js'
import { searchAttributeExists } from './searchAttributeExists.js'
import { submit } from './submit.js'
import { sweepTasks } from './sweepTasks.js'

export type { VodActivities } from '../contract/activities.js'
export type { ActivityContext } from './context.js'
export { createKeepSwept } from './keepSwept.js'
export { createWebhookActivities, type WebhookEndpoint, type WebhookEndpoints } from './webhook.js'

/** The function that Temporal runs for every activity type without a function of its own. */
type AnyCall = (call: VodCall) => Promise<Readonly<Record<string, unknown>>>

/** Creates the activities of every worker with workflows, except `sendWebhook`. `calls` is undefined if other processes call VOD. */
export function createOwnActivities(
  calls: VodActivities | undefined,
): Pick<VodActivities, 'DescribeTaskDetail'> {
  return { DescribeTaskDetail: readAtOnce(calls?.DescribeTaskDetail) }
}

/** Creates every activity that calls VOD, with the accounts and keys of this worker. */
export function createActivities(context: ActivityContext): VodActivities & { readonly default: AnyCall } {
  const submits = submitActions.map((action) => [action, submit(context, action)])
  return {
    ...(Object.fromEntries(submits) as Pick<VodActivities, SubmitAction>),
    DescribeTaskDetail: describeTaskDetail(context),
    DescribeTasks: describeTasks(context),
    ManageTask: manageTask(context),
    readTemplateTasks: readTemplateTasks(context),
    readMediaOutputs: readMediaOutputs(context),
    findPulled: findPulled(context),
    confirmUpload: confirmUpload(context),
    findUploadTasks: findUploadTasks(context),
    awaitRun,
    sweepTasks: sweepTasks(context),
    searchAttributeExists,
    openBatch: openBatch(context),
    readIds: readIds(context),
    startRuns: startRuns(context),
    checkRuns,
    default: callVod(context),
  }
}
