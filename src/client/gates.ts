import { createHash } from 'node:crypto'
import {
  type Client,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common'
import {
  type Decide,
  decideUpdate,
  type GateDecision,
  type GateView,
  gatesQuery,
} from '../workflows/gates/contract.js'
import { DecisionRefusedError, NoWorkerError, RunNotFoundError } from './errors.js'

/** Every review gate of a run, open or decided. */
export async function gatesOf(client: Client, workflowId: string): Promise<readonly GateView[]> {
  try {
    return await client.workflow.getHandle(workflowId).query<readonly GateView[]>(gatesQuery)
  } catch (error) {
    throw error instanceof WorkflowNotFoundError ? new RunNotFoundError(workflowId, error) : error
  }
}

/** The same person saying the same again gets the same answer, however the first one was lost: the update has its id from what is said. */
export async function decide(client: Client, workflowId: string, decision: Decide): Promise<GateDecision> {
  const { gate, by } = decision
  const said = createHash('sha256')
    .update(JSON.stringify([gate, decision.decision, by]))
    .digest('hex')
  try {
    return await client.workflow.getHandle(workflowId).executeUpdate<GateDecision, [Decide]>(decideUpdate, {
      args: [decision],
      updateId: `decide/${said.slice(0, 32)}`,
    })
  } catch (error) {
    throw refusalOf(error, { workflowId, gate })
  }
}

function refusalOf(error: unknown, { workflowId, gate }: { workflowId: string; gate: string }): unknown {
  if (error instanceof WorkflowNotFoundError) {
    const what = 'the run has ended, or there is none'
    return new DecisionRefusedError(workflowId, { gate, what, cause: error })
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return new NoWorkerError(
      [`that of "${workflowId}"`],
      'A decision is taken by the worker that runs the workflow: start it, and decide again.',
    )
  }
  if (!(error instanceof WorkflowUpdateFailedError)) return error
  const cause = error.cause
  const earlier =
    cause instanceof ApplicationFailure && cause.type === 'AlreadyDecided' ? cause.details?.[0] : undefined
  return new DecisionRefusedError(workflowId, {
    gate,
    what: cause?.message ?? error.message,
    earlier: earlier as GateDecision | undefined,
    cause: error,
  })
}
