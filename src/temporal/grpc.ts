import { isGrpcServiceError, ServiceError } from '@temporalio/client'

/** The gRPC status codes that are used here (https://grpc.io/docs/guides/status-codes/). */
export const grpc = {
  canceled: 1,
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

/** Returns the gRPC status of an error of the Temporal client or of a worker's connection, or undefined for any other error. */
export function grpcCodeOf(error: unknown): number | undefined {
  // The client wraps the error of gRPC, a worker's connection does not.
  const source = error instanceof ServiceError && error.cause !== undefined ? error.cause : error
  return isGrpcServiceError(source) ? source.code : undefined
}
