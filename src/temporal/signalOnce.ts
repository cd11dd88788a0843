import type { Client } from '@temporalio/client'
import { type Hint, hintSignal } from '../vod/hint.js'
import { withKnownErrors } from './knownErrors.js'
import { payloadsOf } from './payloads.js'

/** gRPC: INVALID_ARGUMENT (the run has had all the signals that it can have), NOT_FOUND, FAILED_PRECONDITION. */
export const notTaken: readonly number[] = [3, 5, 9]

/**
 * Signals a run once for each `requestId`, whoever sends it: Temporal takes a signal whose `requestId` the run has had, and drops it in
 * silence. So one id must stand for hints that say the same, or a forged one would swallow a true one.
 *
 * @throws ServiceError when the run is not there to take it, or Temporal cannot be reached.
 * @throws NamespaceNotFoundError when Temporal does not have the namespace.
 */
export async function signalOnce(
  client: Pick<Client, 'options' | 'workflowService'>,
  { workflowId, requestId, hint }: { workflowId: string; requestId: string; hint: Hint },
): Promise<void> {
  const { namespace, identity } = client.options
  const payloads = await payloadsOf(hint, { type: 'workflow', namespace, workflowId }, client.options)
  await withKnownErrors(() =>
    client.workflowService.signalWorkflowExecution({
      namespace,
      identity,
      workflowExecution: { workflowId },
      signalName: hintSignal,
      input: { payloads },
      requestId,
    }),
  )
}
