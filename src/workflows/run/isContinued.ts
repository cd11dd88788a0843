import { workflowInfo } from '@temporalio/workflow'

/**
 * Returns true if a run of the same workflow wrote the input of this one by continuing as new. Anyone can start a run with any input,
 * including the state that one run passes to the next. A run of a cron schedule or a retry also has an earlier run, but gets that input.
 */
export function isContinued(): boolean {
  const { continuedFromExecutionRunId, cronSchedule } = workflowInfo()
  return continuedFromExecutionRunId !== undefined && !cronSchedule && !isRetried()
}

/** Returns true if this run is a workflow retry, because the run before it failed. */
export function isRetried(): boolean {
  return workflowInfo().attempt > 1
}
