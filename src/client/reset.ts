import { randomUUID } from 'node:crypto'
import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { InvalidInputError } from '../contract/errors.js'
import { runType } from '../contract/runNames.js'
import { beginningOf } from '../temporal/beginning.js'
import { shellWord } from './shellWord.js'

/** Temporal's enum ResetReapplyExcludeType. Earlier signals, updates and cancel requests are not applied again. */
const signal = 1
const update = 2
const cancelRequest = 4

/**
 * Resets an execution to its start, before its first decision. Temporal keeps the id of the first execution through a reset, and VOD's
 * deduplication depends on that id (measured).
 *
 * @returns the id of the new execution, or of the same one if its code has not started.
 * @throws InvalidInputError for a run that ended, or was canceled, before its code started.
 */
export async function resetToStart(
  client: Client,
  { workflowId, runId, type, status }: WorkflowExecutionDescription,
  reason: string,
): Promise<string> {
  const { namespace } = client.options
  const { firstTaskEnd, canceled } = await beginningOf(client, { workflowId, runId })
  if (canceled) throw nothingToRetry('was canceled', { type, workflowId })
  if (!firstTaskEnd) {
    if (status.name === 'RUNNING' || status.name === 'PAUSED') return runId
    throw nothingToRetry('ended', { type, workflowId })
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

function nothingToRetry(
  how: string,
  { type, workflowId }: Pick<WorkflowExecutionDescription, 'type' | 'workflowId'>,
): InvalidInputError {
  const problem = `names a run that ${how} before its code started: nothing was sent`
  const advice =
    type === runType
      ? { remedy: 'use rerun', command: `use vodflow rerun ${shellWord(workflowId)} --reason "..."` }
      : { remedy: 'start it under a new workflow id' }
  return new InvalidInputError([{ field: 'workflowId', problem, ...advice }])
}
