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

/** Makers of all activities except the submits. */
const makers = {
  DescribeTaskDetail: describeTaskDetail,
  DescribeTasks: describeTasks,
  ManageTask: manageTask,
  readTemplateTasks,
  readMediaOutputs,
  findPulled,
  confirmUpload,
  findUploadTasks,
  awaitRun: () => awaitRun,
  sweepTasks,
  searchAttributeExists: () => searchAttributeExists,
  openBatch,
  readIds,
  startRuns,
  checkRuns: () => checkRuns,
} satisfies {
  [K in Exclude<keyof VodActivities, SubmitAction>]: (context: ActivityContext) => VodActivities[K]
}

/** The names of vodflow's activities, except those of `callVod`, which are the actions of VOD. */
export const activityNames: readonly string[] = [...submitActions, ...Object.keys(makers), 'sendWebhook']

/** Creates every activity that calls VOD, with the accounts and keys of this worker. */
export function createActivities(context: ActivityContext): VodActivities & { readonly default: AnyCall } {
  const submits = submitActions.map((action) => [action, submit(context, action)])
  const others = Object.entries(makers).map(([name, make]) => [name, make(context)])
  return {
    ...(Object.fromEntries([...submits, ...others]) as VodActivities),
    default: callVod(context),
  }
}
