import { getClient, log } from '@temporalio/activity'
import type { temporal } from '@temporalio/proto'
import { withKnownErrors } from '../temporal/knownErrors.js'

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

/** How long the namespace keeps an execution that has ended, ms. */
export async function retentionMs(): Promise<number> {
  const { workflowService, options } = getClient()
  const { config } = await workflowService.describeNamespace({ namespace: options.namespace })
  return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1_000
}

/** The same; `Infinity` where that cannot be read, or the namespace does not say. */
export async function retentionMsOrEndless(): Promise<number> {
  try {
    return (await retentionMs()) || Number.POSITIVE_INFINITY
  } catch (error) {
    const { namespace } = getClient().options
    log.warn('the retention of the namespace cannot be read', { namespace, problem: String(error) })
    return Number.POSITIVE_INFINITY
  }
}
