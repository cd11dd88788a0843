import { randomUUID } from 'node:crypto'
import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { InvalidInputError } from '../contract/errors.js'
import { runType } from '../contract/runNames.js'
import { beginningOf } from '../temporal/beginning.js'
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
 * @throws InvalidInputError for a run that ended, or was canceled, before it began.
 */
export async function resetToStart(
  client: Client,
  { workflowId, runId, type, status }: WorkflowExecutionDescription,
  reason: string,
): Promise<string> {
  const { namespace } = client.options
  const { firstTaskEnd, canceled } = await beginningOf(client, { workflowId, runId })
  if (canceled) throw nothingToRetry('was canceled', type)
  if (!firstTaskEnd) {
    if (status.name === 'RUNNING' || status.name === 'PAUSED') return runId
    throw nothingToRetry('ended', type)
  }
  const reset = await client.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution: { workflowId, runId },
    reason,
    workflowTaskFinishEventId: firstTaskEnd,
    requestId: randomUUID(),
    resetReapplyExcludeTypes: [signal, update, cancelRequest],
  })
  return reset.runId
}

function nothingToRetry(how: string, type: string): InvalidInputError {
  const problem = `names a run that ${how} before it began: nothing was sent`
  const remedy = type === runType ? remedies.useRerun : 'start it under a new workflow id'
  return new InvalidInputError([{ field: 'workflowId', problem, remedy }])
}
