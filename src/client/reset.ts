import { randomUUID } from 'node:crypto'
import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { InvalidInputError } from '../vod/errors.js'
import { remedies } from './remedies.js'

/** Temporal's enum ResetReapplyExcludeType: what came in before is not given to the run again. */
const signal = 1
const update = 2
const cancelRequest = 4

/**
 * Lets an execution begin anew before its first decision. Temporal keeps its first execution's id through a reset, which
 * is what VOD's deduplication hangs on (measured).
 *
 * @returns id of the new execution; of the same one while it has not begun.
 * @throws InvalidInputError for a run that ended before it began.
 */
export async function resetToStart(
  client: Client,
  { workflowId, runId, status }: WorkflowExecutionDescription,
  reason: string,
): Promise<string> {
  const { namespace } = client.options
  const execution = { workflowId, runId }
  const eventId = await firstDecision(client, execution)
  if (!eventId) {
    if (status.name === 'RUNNING') return runId
    const problem = 'names a run that ended before it began: nothing was sent'
    throw new InvalidInputError([{ field: 'workflowId', problem, remedy: remedies.useRerun }])
  }
  const reset = await client.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: execution,
    reason,
    workflowTaskFinishEventId: eventId,
    requestId: randomUUID(),
    resetReapplyExcludeTypes: [signal, update, cancelRequest],
  })
  return reset.runId
}

/** Signals may come before the first decision, by the thousand. */
async function firstDecision(client: Client, execution: { workflowId: string; runId: string }) {
  const { namespace } = client.options
  let nextPageToken: Uint8Array | undefined
  do {
    const page = await client.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution,
      ...(nextPageToken ? { nextPageToken } : {}),
    })
    const first = page.history?.events?.find(
      (event) =>
        event.workflowTaskCompletedEventAttributes ??
        event.workflowTaskFailedEventAttributes ??
        event.workflowTaskTimedOutEventAttributes,
    )
    if (first?.eventId) return first.eventId
    nextPageToken = page.nextPageToken ?? undefined
  } while (nextPageToken && nextPageToken.length > 0)
  return undefined
}
