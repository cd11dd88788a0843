import type { AppAddress } from '../contract/appAddress.js'
import { durationsIn } from '../contract/duration.js'
import { workflowQueue } from '../contract/queues.js'
import { defaultSweepTimes, type SweepTimes, sweepIdOf, sweepType } from '../contract/sweep.js'
import { minute } from '../contract/time.js'
import { isPinnedByWorker } from '../temporal/routing.js'
import { activityInfo, getClient, log } from './sdk.js'

/** How often a sweep is asked for again: somebody may have terminated it, ms. */
const againMs = 5 * minute
const afterFailureMs = 15_000

/**
 * Sees to it that the sweep of a sub-app runs, once for each process and again every five minutes in which the sub-app
 * is used; also one that an earlier build has pinned to itself, whose workers may be gone. It must never fail, nor hold up, the activity
 * that it is called from.
 *
 * @throws InvalidInputError for a time that is no duration
 */
export function createKeepSwept(times: SweepTimes | false): (app: AppAddress) => void {
  if (times) durationsIn('sweep', times, defaultSweepTimes)
  const asked = new Map<string, number>()
  return ({ account, SubAppId }) => {
    if (!times) return
    const workflowId = sweepIdOf({ account, SubAppId })
    // One plugin may stand in workers of several namespaces.
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
        log.warn('the sweep could not be started, or not be let go by its build', {
          workflowId,
          problem: String(error),
        })
      })
  }
}

/** Lets it go to the current build, in the middle of its run. */
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
