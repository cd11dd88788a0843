import { activityInfo } from '@temporalio/activity'
import type { Submission } from '../contract/activities.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { describe } from './executions.js'
import { refused } from './failure.js'

/**
 * When the run whose workflow retry left the age of its work open was first started, ms since the epoch: the run itself, or the one at
 * the root of its parents. Undefined when Temporal has forgotten it.
 *
 * @throws ApplicationFailure when Temporal's records do not tell which work this is.
 */
export async function firstStart({ identity, input }: Submission): Promise<number | undefined> {
  try {
    const own = await describe(activityInfo().workflowExecution ?? {})
    const itself = own.firstRunId === identity.name
    const retried = itself ? own : await describe(own.rootExecution ?? own.execution ?? {})
    const first = await describe({ ...retried.execution, runId: retried.firstRunId ?? '' })
    if (itself && input.idempotencyKey === undefined && first.status === continuedAsNew)
      throw refused('idempotencyKey', nameless, 'give one, or start the run again')
    return first.startTime ? Number(first.startTime.seconds) * 1_000 : undefined
  } catch (error) {
    if (grpcCodeOf(error) === grpc.notFound) return undefined
    throw error
  }
}

/** WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW */
const continuedAsNew = 6

const nameless =
  "is missing, and nothing else names the work of a run that a worker without vodflow's plugin continued as new and that was then retried"
