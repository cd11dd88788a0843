import { workflowInfo } from '@temporalio/workflow'

/**
 * Whether a run of the same workflow wrote the input of this one, by continuing as new. Anybody can start a run with any input, and so set
 * what a run hands to the next: a cron schedule and a retry give that input to a run that has an earlier one too.
 */
export function isContinued(): boolean {
  const { continuedFromExecutionRunId, cronSchedule, attempt } = workflowInfo()
  return continuedFromExecutionRunId !== undefined && !cronSchedule && attempt === 1
}
