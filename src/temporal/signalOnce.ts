import type { Client } from '@temporalio/client'
import { hintSignal, type TaskHint } from '../contract/hint.js'
import { grpc, grpcCodeOf } from './grpc.js'
import { withKnownErrors } from './knownErrors.js'
import { payloadsOf } from './payloads.js'

/** `invalidArgument`: the run has received the maximum number of signals. */
const notTaken: readonly number[] = [grpc.invalidArgument, grpc.notFound, grpc.failedPrecondition]

/** Returns true if no run could take a signal. */
export function isNotTaken(error: unknown): boolean {
  return notTaken.includes(grpcCodeOf(error) ?? grpc.unknown)
}

/**
 * Signals a run once for each `requestId`, from any process: Temporal silently drops a signal whose `requestId` the run has already
 * received. So all hints with one id must be the same, or a forged hint could suppress a real one.
 *
 * @throws ServiceError if no run can take the signal, or Temporal cannot be reached
 * @throws NamespaceNotFoundError if Temporal does not have the namespace
 */
export async function signalOnce(
  client: Pick<Client, 'options' | 'workflowService'>,
  { workflowId, requestId, hint }: { workflowId: string; requestId: string; hint: TaskHint },
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
