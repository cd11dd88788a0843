/// <reference path="../contract/ms.d.ts" />
import ms from 'ms'
import { VodflowError } from '../base/vodflowError.js'

/** A unit in the text of a {@link Duration}. */
export type DurationUnit =
  | 'ms'
  | ('s' | 'sec' | 'second' | 'seconds')
  | ('m' | 'min' | 'minute' | 'minutes')
  | ('h' | 'hr' | 'hour' | 'hours')
  | ('d' | 'day' | 'days')
  | ('w' | 'week' | 'weeks')

/** A duration as in Temporal's API: a number of milliseconds, or a text such as `72 hours`, `30 min` or `5s`. */
export type Duration = number | `${number}${DurationUnit}` | `${number} ${DurationUnit}`

/** An option of the local VOD is no duration. */
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

/** Returns a duration in milliseconds: NaN for a value that is no duration. */
export function anyMsOf(value: unknown): number {
  if (typeof value === 'number') return value
  // `ms` takes a text without a unit for milliseconds; its writer may have meant seconds.
  return typeof value === 'string' && /[a-z]$/i.test(value) ? (ms(value) ?? Number.NaN) : Number.NaN
}
