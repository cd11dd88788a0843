/**
 * Calls a function of a user that only watches. Nothing that it throws, or that its promise rejects with, has an effect on what it watches.
 *
 * @param onFailed - must not throw
 */
export function aside(call: () => unknown, onFailed: () => void = () => {}): void {
  // The function runs before this returns, up to its first await.
  const called = async () => call()
  called().catch(onFailed)
}
