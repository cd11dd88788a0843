import type { Client } from '@temporalio/client'
import { type Hint, hintSignal } from '../contract/hint.js'
import { grpc, grpcCodeOf } from './grpc.js'
import { withKnownErrors } from './knownErrors.js'
import { payloadsOf } from './payloads.js'

/** `invalidArgument`: the run has had all the signals that it can have. */
const notTaken: readonly number[] = [grpc.invalidArgument, grpc.notFound, grpc.failedPrecondition]

/** Whether no run was there to take a signal. */
export function isNotTaken(error: unknown): boolean {
  return notTaken.includes(grpcCodeOf(error) ?? grpc.unknown)
}

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
