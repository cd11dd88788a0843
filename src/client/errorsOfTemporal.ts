import { NamespaceNotFoundError } from '@temporalio/common'
import { ListingLagsError } from '../temporal/executionsOf.js'
import { grpc, grpcCodeOf } from '../temporal/grpc.js'
import { TemporalUnreachableError } from './errors.js'

const transient: readonly number[] = [
  grpc.canceled,
  grpc.deadlineExceeded,
  grpc.resourceExhausted,
  grpc.aborted,
  grpc.unavailable,
]

/** Returns true for an error that passes without a fix: of the connection, the frontend or its limits. */
export function isTransient(error: unknown): boolean {
  return transient.includes(grpcCodeOf(error) ?? -1)
}

/** Returns true for an error that can be transient, like a broken stream, or permanent. */
export function isDoubtful(error: unknown): boolean {
  const code = grpcCodeOf(error)
  return code === grpc.unknown || code === grpc.internal
}

/** Converts an error of the connection to Temporal into one that says what to do. Returns any other error unchanged. */
export function explain(error: unknown, target: { address: string; namespace: string }): unknown {
  const because = (what: string, remedy: string) =>
    new TemporalUnreachableError(target, { what, remedy, cause: error })
  const { address, namespace } = target
  if (error instanceof ListingLagsError)
    return because(error.message, 'Try again in a few seconds; nothing was started.')
  if (error instanceof NamespaceNotFoundError || grpcCodeOf(error) === grpc.notFound) {
    return because(
      `Temporal at ${address} has no namespace "${namespace}"`,
      `Set TEMPORAL_NAMESPACE, or create it: temporal operator namespace create --namespace ${namespace}`,
    )
  }
  const code = grpcCodeOf(error)
  if (code === grpc.unauthenticated || code === grpc.permissionDenied) {
    return because(
      `Temporal at ${address} denies access to the namespace "${namespace}"`,
      'Check TEMPORAL_API_KEY or the client certificate (TEMPORAL_TLS_CLIENT_CERT_PATH, TEMPORAL_TLS_CLIENT_KEY_PATH), and its permissions.',
    )
  }
  if (code === grpc.resourceExhausted) {
    return because(
      `Temporal at ${address} accepts no more calls for now: a limit of the namespace "${namespace}" or of the server is reached`,
      'Wait a moment and try again. If the problem persists, raise the limit of calls per second.',
    )
  }
  if (isTransient(error) || isConnectDeadline(error)) {
    return because(
      `Temporal does not answer at ${address}`,
      'Check TEMPORAL_ADDRESS and TEMPORAL_TLS, and that the server runs; a local one: temporal server start-dev',
    )
  }
  return error
}

/** If a channel does not become ready in time, grpc-js sets no status, only this message. */
function isConnectDeadline(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Failed to connect before the deadline')
}
