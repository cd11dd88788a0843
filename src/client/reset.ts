import { randomUUID } from 'node:crypto'
import type { Client, WorkflowExecutionDescription } from '@temporalio/client'

/** Temporal's enum ResetReapplyExcludeType: what came in before is not given to the run again. */
const signal = 1
const update = 2
const cancelRequest = 4

/**
 * Lets an execution begin anew before its first decision. Temporal keeps its first execution's id through a reset, which
 * is what VOD's deduplication hangs on (measured).
 *
 * @returns id of the new execution.
 */
export async function resetToStart(
  client: Client,
  { workflowId, runId }: WorkflowExecutionDescription,
  reason: string,
): Promise<string> {
  const { namespace } = client.options
  const execution = { workflowId, runId }
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution,
    maximumPageSize: 20,
  })
  const first = history?.events?.find(
    (event) =>
      event.workflowTaskCompletedEventAttributes ??
      event.workflowTaskFailedEventAttributes ??
      event.workflowTaskTimedOutEventAttributes,
  )
  // No decision was made yet: it begins by itself.
  if (!first?.eventId) return runId
  const reset = await client.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: execution,
    reason,
    workflowTaskFinishEventId: first.eventId,
    requestId: randomUUID(),
    resetReapplyExcludeTypes: [signal, update, cancelRequest],
  })
  return reset.runId
}
