/** A documented refusal. HTTP stays 200, as it does with the real one. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message)
  }
}
