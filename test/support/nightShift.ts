import { proxyActivities, workflowInfo } from '@temporalio/workflow'

/* Workflows of a night shift: each waits for what does not come. */

export { changes } from './unanswerable.js'

/** Waits for an activity on a task queue of its own. */
export async function elsewhere(): Promise<void> {
  const { work } = proxyActivities<{ work(): Promise<void> }>({
    taskQueue: `${workflowInfo().taskQueue}-activities`,
    startToCloseTimeout: '1 minute',
  })
  await work()
}
