import { proxyActivities, sleep } from '@temporalio/workflow'
import type { FloorActivities } from '../floor/activities.js'
import type { Job } from '../floor/workflows.js'
import type { createPollingActivities } from './polling.js'

/** Everything in one activity. */
export function pollingActivity(job: Job & { SessionId?: string }, maximumAttempts = 10): Promise<string> {
  const { processAndPoll } = proxyActivities<ReturnType<typeof createPollingActivities>>({
    startToCloseTimeout: '2 hours',
    heartbeatTimeout: '30 seconds',
    retry: { maximumAttempts },
  })
  return processAndPoll(job)
}

/** A timer and a read, again and again. Without `maximumAttempts` Temporal tries each for as long as it takes. */
export async function pollingWorkflow(
  job: Job & { SessionId?: string },
  pollMs: number,
  maximumAttempts?: number,
): Promise<string> {
  const { ProcessMediaByProcedure, DescribeTaskDetail } = proxyActivities<FloorActivities>({
    startToCloseTimeout: '30 seconds',
    ...(maximumAttempts === undefined ? {} : { retry: { maximumAttempts } }),
  })
  const TaskId = await ProcessMediaByProcedure({ ...job, SessionContext: '' })
  for (;;) {
    await sleep(pollMs)
    const Status = await DescribeTaskDetail(TaskId)
    if (Status === 'FINISH' || Status === 'ABORTED') return Status
  }
}
