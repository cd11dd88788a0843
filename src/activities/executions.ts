import type { temporal } from '@temporalio/proto'
import { withKnownErrors } from '../temporal/knownErrors.js'
import { retentionOf } from '../temporal/retention.js'
import { getClient, log } from './sdk.js'

/** What Temporal's records say of an execution. @throws ServiceError NOT_FOUND when it has been deleted. */
export async function describe(
  execution: temporal.api.common.v1.IWorkflowExecution,
): Promise<temporal.api.workflow.v1.IWorkflowExecutionInfo> {
  const { workflowService, options } = getClient()
  const { namespace } = options
  const { workflowExecutionInfo } = await withKnownErrors(() =>
    workflowService.describeWorkflowExecution({ namespace, execution }),
  )
  return workflowExecutionInfo ?? {}
}

/** How long the namespace keeps an execution that has ended, ms; `Infinity` where that cannot be read, or the namespace does not say. */
export async function retentionMsOrEndless(): Promise<number> {
  const client = getClient()
  const { namespace } = client.options
  try {
    const { ms } = await retentionOf(client, namespace)
    return ms || Number.POSITIVE_INFINITY
  } catch (error) {
    log.warn('the retention of the namespace cannot be read', { namespace, problem: String(error) })
    return Number.POSITIVE_INFINITY
  }
}
