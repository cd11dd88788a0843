import { workflowInfo } from '@temporalio/workflow'

/**
 * Whether a run of the same workflow wrote the input of this one, by continuing as new. Anybody can start a run with any input, and so set
 * what a run hands to the next: a cron schedule and a retry give that input to a run that has an earlier one too.
 */
export function isContinued(): boolean {
  const { continuedFromExecutionRunId, cronSchedule } = workflowInfo()
  return continuedFromExecutionRunId !== undefined && !cronSchedule && !isRetried()
}

/** Whether Temporal runs the input again because the run before this one failed. */
export function isRetried(): boolean {
  return workflowInfo().attempt > 1
}
