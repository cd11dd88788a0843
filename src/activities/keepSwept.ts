import type { AppAddress } from '../contract/appAddress.js'
import { durationsIn } from '../contract/duration.js'
import { workflowQueue } from '../contract/queues.js'
import { defaultSweepTimes, type SweepTimes, sweepIdOf, sweepType } from '../contract/sweep.js'
import { minute } from '../contract/time.js'
import { isPinnedByWorker } from '../temporal/routing.js'
import { activityInfo, getClient, log } from './sdk.js'

/** The time after which a sweep is started again, in ms, because an operator may have terminated it. */
const againMs = 5 * minute
const afterFailureMs = 15_000

/**
 * Returns a function that starts the sweep of a sub-app unless it is running. Each process does so once, and again after five minutes if
 * the sub-app is used. A sweep that an earlier build has pinned to itself is released, because the workers of that build may be gone. The
 * function must neither fail nor delay the activity that calls it.
 *
 * @throws InvalidInputError for a time that is not a duration
 */
export function createKeepSwept(times: SweepTimes | false): (app: AppAddress) => void {
  if (times) durationsIn('sweep', times, defaultSweepTimes)
  const asked = new Map<string, number>()
  return ({ account, SubAppId }) => {
    if (!times) return
    const workflowId = sweepIdOf({ account, SubAppId })
    // Workers of several namespaces may share one plugin.
    const sweep = `${activityInfo().namespace}/${workflowId}`
    const now = performance.now()
    if (now - (asked.get(sweep) ?? Number.NEGATIVE_INFINITY) < againMs) return
    asked.set(sweep, now)
    const input = { account, SubAppId, times }
    getClient()
      .workflow.start(sweepType, {
        workflowId,
        taskQueue: workflowQueue,
        args: [input],
        workflowIdConflictPolicy: 'USE_EXISTING',
        staticSummary: `tasks of ${SubAppId ?? `account ${account}`} that have finished`,
      })
      .then(() => unpin(workflowId))
      .catch((error: unknown) => {
        asked.set(sweep, performance.now() - againMs + afterFailureMs)
        log.warn('the sweep could not be started, or not released from its build', {
          workflowId,
          problem: String(error),
        })
      })
  }
}

/** Lets a running sweep move to the current build. */
async function unpin(workflowId: string): Promise<void> {
  const { workflowService, options } = getClient()
  const { namespace } = options
  const sweep = { workflowId }
  const { workflowExecutionInfo } = await workflowService.describeWorkflowExecution({
    namespace,
    execution: sweep,
  })
  if (!isPinnedByWorker(workflowExecutionInfo?.versioningInfo)) return
  await workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution: sweep,
    workflowExecutionOptions: { versioningOverride: { autoUpgrade: true } },
    updateMask: { paths: ['versioning_override'] },
  })
}
