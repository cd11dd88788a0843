import type { Client } from '@temporalio/client'
import type { AppAddress } from '../contract/appAddress.js'
import { durationsIn } from '../contract/duration.js'
import { workflowQueue } from '../contract/queues.js'
import { defaultSweepTimes, type SweepTimes, sweepIdOf, sweepType } from '../contract/sweep.js'
import { minute } from '../contract/time.js'
import { executionsIn } from '../temporal/executions.js'
import { isPinnedByWorker } from '../temporal/routing.js'
import { sweepProblem } from '../temporal/sweepProblem.js'
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
    const start = (workflowIdConflictPolicy: 'USE_EXISTING' | 'TERMINATE_EXISTING') =>
      getClient().workflow.start(sweepType, {
        workflowId,
        taskQueue: workflowQueue,
        args: [{ account, SubAppId, times }],
        workflowIdConflictPolicy,
        staticSummary: `tasks of ${SubAppId ?? `account ${account}`} that have finished`,
      })
    start('USE_EXISTING')
      .then(() => inspect(workflowId, () => start('TERMINATE_EXISTING')))
      .catch((error: unknown) => {
        asked.set(sweep, performance.now() - againMs + afterFailureMs)
        log.warn('the sweep could not be started, or not released from its build', {
          workflowId,
          problem: String(error),
        })
      })
  }
}

/** Checks the run that has the id of a sweep. A run that only takes the place of the sweep is replaced if no work is lost. */
async function inspect(workflowId: string, replace: () => Promise<unknown>): Promise<void> {
  const client = getClient()
  const run = await executionsIn(client).getHandle(workflowId).describe()
  const problem = await sweepProblem(client, run)
  if (!problem) {
    if (isPinnedByWorker(run.raw.workflowExecutionInfo?.versioningInfo)) await unpin(client, workflowId)
    return
  }
  const { what, replaceable, unreadable } = problem
  if (unreadable) {
    log.warn('the sweep cannot be checked', {
      workflowId,
      problem: what,
      remedy:
        'give every worker the same VODFLOW_PAYLOAD_KEYS; the sweep is probably healthy, so do not end it',
    })
    return
  }
  log.warn('the run with the id of the sweep does not sweep', {
    workflowId,
    problem: what,
    remedy: replaceable ? 'none: it is replaced' : 'terminate it, and the next submit starts the sweep',
  })
  if (replaceable) await replace()
}

/** Lets a running sweep move to the current build. */
async function unpin({ workflowService, options }: Client, workflowId: string): Promise<void> {
  await workflowService.updateWorkflowExecutionOptions({
    namespace: options.namespace,
    workflowExecution: { workflowId },
    workflowExecutionOptions: { versioningOverride: { autoUpgrade: true } },
    updateMask: { paths: ['versioning_override'] },
  })
}
