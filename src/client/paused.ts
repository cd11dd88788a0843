import type { WorkflowExecutionDescription } from '@temporalio/client'
import { optionalTsToDate } from '@temporalio/common/lib/time.js'
import type { temporal } from '@temporalio/proto'
import { RunPausedError } from './errors.js'

type DescribedRun = Pick<WorkflowExecutionDescription, 'workflowId' | 'raw'>

/** Returns an error if the whole run is paused. Temporal then rejects every query. */
export function whyPaused({ workflowId, raw }: DescribedRun): RunPausedError | undefined {
  const { pauseInfo } = raw.workflowExtendedInfo ?? {}
  if (!pauseInfo) return undefined
  const { identity, reason, pausedTime } = pauseInfo
  return new RunPausedError(workflowId, pauseOf({ identity, reason, since: pausedTime }))
}

/** Returns an error for the first paused activity of the run, if there is one. */
export function whyActivityPaused({ workflowId, raw }: DescribedRun): RunPausedError | undefined {
  const activity = raw.pendingActivities?.find(({ paused }) => paused)
  if (!activity) return undefined
  const { activityId, activityType, pauseInfo } = activity
  const { identity, reason } = pauseInfo?.manual ?? pauseInfo?.rule ?? {}
  return new RunPausedError(workflowId, {
    ...pauseOf({ identity, reason, since: pauseInfo?.pauseTime }),
    activity: { id: activityId ?? '', type: activityType?.name ?? '' },
  })
}

interface PauseRecord {
  readonly identity?: string | null | undefined
  readonly reason?: string | null | undefined
  readonly since?: temporal.api.workflow.v1.IWorkflowExecutionPauseInfo['pausedTime']
}

/** Leaves out the fields that an older server does not report. */
function pauseOf({ identity, reason, since }: PauseRecord) {
  const at = optionalTsToDate(since)
  return {
    ...(identity ? { by: identity } : {}),
    ...(reason ? { reason } : {}),
    ...(at ? { since: at } : {}),
  }
}
