import type { WorkflowExecutionInfo } from '@temporalio/client'

/** Returns the time at which a run starts its work, if that is still to come: after a start delay, by cron, or after a retry pause. */
export function delayedUntil({
  status,
  startTime,
  executionTime,
}: Pick<WorkflowExecutionInfo, 'status' | 'startTime' | 'executionTime'>): Date | undefined {
  // Without a delay, both times are equal, even if the clock of this machine is wrong.
  if (status.name !== 'RUNNING' || !executionTime || executionTime.getTime() <= startTime.getTime())
    return undefined
  return executionTime.getTime() > Date.now() ? executionTime : undefined
}
