/** A documented error. The HTTP status is 200, as in the real VOD. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}
