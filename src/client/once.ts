import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { describeIfThere, latestExecution } from './earlierRun.js'
import { NoWorkerError } from './errors.js'

/** How a run is started once. */
interface Once<T> {
  readonly requireWorkers: () => Promise<void>
  readonly start: () => Promise<T>
  /** Attaches to the run that has the id. @throws RequestMismatchError if it does other work */
  readonly attach: (earlier: WorkflowExecutionDescription) => Promise<T>
}

/** Starts a run, or attaches to the one that has its id. One that has ended needs no worker. */
export async function once<T>(
  client: Client,
  workflowId: string,
  { requireWorkers, start, attach }: Once<T>,
): Promise<T> {
  try {
    await requireWorkers()
    return await start()
  } catch (error) {
    return attach(await inTheWayOf(client, workflowId, error))
  }
}

/** Returns the run that has the id of one that could not be started. Throws the error if there is none to attach to. */
async function inTheWayOf(
  client: Client,
  workflowId: string,
  error: unknown,
): Promise<WorkflowExecutionDescription> {
  if (error instanceof WorkflowExecutionAlreadyStartedError) return latestExecution(client, workflowId)
  if (!(error instanceof NoWorkerError)) throw error
  const earlier = await describeIfThere(client, workflowId)
  if (earlier === undefined || earlier.status.name === 'RUNNING') throw error
  return earlier
}
