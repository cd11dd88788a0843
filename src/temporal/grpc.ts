import { isGrpcServiceError, ServiceError } from '@temporalio/client'

/** gRPC's status codes that matter here (https://grpc.io/docs/guides/status-codes/). */
export const grpc = {
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

/** The gRPC status of what the Temporal client, or the connection of a worker, threw, or undefined when it is no answer of the server. */
export function grpcCodeOf(error: unknown): number | undefined {
  // The client wraps it, a worker's connection does not.
  const source = error instanceof ServiceError && error.cause !== undefined ? error.cause : error
  return isGrpcServiceError(source) ? source.code : undefined
}
