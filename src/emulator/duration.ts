import { anyMsOf, type Duration } from '../base/duration.js'
import { VodflowError } from '../base/vodflowError.js'

/** A duration that the clock or a fault of the local VOD was given is none. */
export class InvalidDurationError extends VodflowError {
  override readonly name = 'InvalidDurationError'
  override readonly code = 'VODFLOW_INVALID_DURATION'

  constructor(given: string) {
    super({
      what: `"${given}" is not a duration`,
      remedy: 'Pass milliseconds, or a text such as "5 s".',
    })
  }
}

/** Returns a duration in milliseconds. @throws InvalidDurationError for a text that is no duration */
export function msOf(duration: Duration): number {
  const found = anyMsOf(duration)
  if (Number.isNaN(found)) throw new InvalidDurationError(String(duration))
  return found
}
