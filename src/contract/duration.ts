import { anyMsOf, type Duration } from '../base/duration.js'
import { InvalidInputError } from './errors.js'

export type { Duration, DurationUnit } from '../base/duration.js'

/** The same durations as numbers of milliseconds. Plain numbers stay as they are; a member of another type does not belong here. */
export type InMs<T> = { readonly [K in keyof T]-?: MsOf<Exclude<T[K], undefined>> }
type MsOf<V> = V extends readonly Duration[] ? readonly number[] : number

/** Returns a duration in milliseconds. */
export function msOf(duration: Duration): number {
  return anyMsOf(duration)
}

/**
 * Returns all durations in milliseconds, with the defaults for those that are absent.
 *
 * @param field - the option that the durations are members of, for messages
 * @throws InvalidInputError that names a member that is not a duration
 */
export function durationsIn<T extends object>(
  field: string,
  given: T | undefined,
  defaults: InMs<T>,
): InMs<T> {
  const times = Object.entries(given ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, msIn(`${field}.${name}`, value)])
  return { ...defaults, ...Object.fromEntries(times) }
}

function msIn(field: string, value: unknown): number | number[] {
  return Array.isArray(value)
    ? value.map((each, n) => durationIn(`${field}.${n}`, each))
    : durationIn(field, value)
}

/** Returns a duration in milliseconds. @throws InvalidInputError that names the field */
export function durationIn(field: string, given: unknown): number {
  const found = anyMsOf(given)
  if (found >= 0) return found
  throw new InvalidInputError([{ field, problem: notDuration(given), remedy: passDuration }])
}

export const passDuration = 'pass milliseconds, or a text such as "72 hours"'

/** Returns what is wrong with a value that is not a duration. */
export function notDuration(value: unknown): string {
  if (value === undefined) return 'is missing'
  return typeof value === 'number' ? `is ${value}` : 'is not a duration'
}
