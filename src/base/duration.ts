/// <reference path="./ms.d.ts" />
import ms from 'ms'

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

/** Returns a duration in milliseconds, or NaN for a value that is not a duration. */
export function anyMsOf(value: unknown): number {
  if (typeof value === 'number') return value
  // `ms` takes a text without a unit for milliseconds; its writer may have meant seconds.
  return typeof value === 'string' && /[a-z]$/i.test(value) ? (ms(value) ?? Number.NaN) : Number.NaN
}
