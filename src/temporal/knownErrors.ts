import { isGrpcServiceError } from '@temporalio/client'
import { rethrowKnownErrorTypes } from '@temporalio/client/lib/helpers.js'

/**
 * Makes a call of the raw service, and throws the errors that a method of the client would throw. So `NOT_FOUND` refers to the run, and a
 * missing namespace is a `NamespaceNotFoundError`.
 */
export async function withKnownErrors<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (isGrpcServiceError(error)) rethrowKnownErrorTypes(error)
    throw error
  }
}
