import { getClient } from '@temporalio/activity'
import { isGrpcServiceError } from '@temporalio/client'
import { payloadsOf } from '../temporal/payloads.js'
import { type Hint, hintSignal } from '../vod/hint.js'

/** gRPC: INVALID_ARGUMENT (the run has had all the signals that it can have), NOT_FOUND, FAILED_PRECONDITION. */
const notTaken: readonly number[] = [3, 5, 9]

/** TaskIds remembered in this process: some 10 MB. */
const maxRemembered = 100_000
const remembered = new Set<string>()

/**
 * Signals a run once for each TaskId, however many windows, workers and restarts see it: Temporal drops a signal whose
 * `requestId` the run has had. What this process has signalled is not sent again at all.
 *
 * @returns whether a run was there to take it.
 * @throws ServiceError when Temporal could not be reached.
 */
export async function hintOnce(workflowId: string, hint: Hint): Promise<boolean> {
  const known = `${hint.SessionId} ${hint.TaskId}`
  if (remembered.has(known)) return false
  const client = getClient()
  const { namespace, identity } = client.options
  const payloads = await payloadsOf(hint, { type: 'workflow', namespace, workflowId }, client.options)
  const taken = await client.workflowService
    .signalWorkflowExecution({
      namespace,
      identity,
      workflowExecution: { workflowId },
      signalName: hintSignal,
      input: { payloads },
      requestId: `vodflow.sweep/${hint.TaskId}`,
    })
    .then(
      () => true,
      (error: unknown) => {
        if (isGrpcServiceError(error) && notTaken.includes(error.code)) return false
        throw error
      },
    )
  // A run that has ended may be reset: then it is to be hinted after all.
  if (!taken) return false
  if (remembered.size >= maxRemembered) remembered.clear()
  remembered.add(known)
  return true
}
