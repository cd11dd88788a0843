import { problemsAmong } from './errors.js'
import { object } from './json.js'

/** The types of failures for a request that VOD, or the check before the call, refused: nothing was made. */
const refusals: readonly unknown[] = ['permanent', 'InvalidInput']

/** Returns true if a failure of this type proves that nothing was made. Any other type leaves it open. */
export function isRefusal(type: unknown): boolean {
  return refusals.includes(type)
}

/** A failure, as an activity throws it. */
interface Failure {
  readonly type?: unknown
  readonly details?: readonly unknown[] | null | undefined
}

/**
 * Returns true if an activity of vodflow refused the request, and says why: the fields, or the code of VOD. A person can fail an activity by
 * hand under any type, while its request is with VOD.
 */
export function isOwnRefusal(failure: Failure): boolean {
  if (refusesInput(failure)) return true
  const { code, requestId } = object(failure.details?.[0]) ?? {}
  return (
    failure.type === 'permanent' && typeof code === 'string' && code !== '' && typeof requestId === 'string'
  )
}

/** Returns true if vodflow refused the input, and names the fields that are wrong. */
export function refusesInput({ type, details }: Failure): boolean {
  return type === 'InvalidInput' && problemsAmong(details).length > 0
}
