/** Explains by the code alone why `fetch` got no answer: a message of `fetch` can contain the URL, which can contain a secret. */
export function unreachable(error: unknown): string {
  const { name, cause } = Object(error) as { readonly name?: unknown; readonly cause?: unknown }
  if (name === 'TimeoutError') return 'does not answer in time'
  const { code } = Object(cause) as { readonly code?: unknown }
  return typeof code === 'string' ? `cannot be reached (${code})` : 'cannot be reached'
}
