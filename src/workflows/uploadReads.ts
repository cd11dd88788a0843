import { proxyActivities } from '@temporalio/workflow'
import type { VodActivities } from '../contract/activities.js'
import { queueFor } from '../contract/queues.js'
import { minute } from '../contract/time.js'

/** Returns the activities with which a run of an upload rule reads. The Temporal UI shows the summary. */
export function uploadReads(account: string, summary: string): VodActivities {
  return proxyActivities<VodActivities>({
    taskQueue: queueFor(account, 'confirmUpload'),
    startToCloseTimeout: 30_000,
    retry: { initialInterval: 2_000, backoffCoefficient: 2, maximumInterval: minute },
    summary,
  })
}
