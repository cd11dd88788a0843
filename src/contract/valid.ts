import { type Check, under } from './check.js'
import { InvalidInputError } from './errors.js'

/**
 * @param name - the field that the value is of, for the problems
 * @throws InvalidInputError that names every field that is wrong, and what to do about it.
 */
export function valid<T>(check: Check<T>, value: unknown, name = ''): T {
  const problems = [...under(name, check(value))]
  if (problems.length > 0)
    throw new InvalidInputError(problems.map((each) => ({ ...each, field: each.field || 'input' })))
  return value as T
}

/** An input of which these fields are always there. */
export type WithDefaults<T, K extends keyof T> = T & { readonly [F in K]-?: Exclude<T[F], undefined> }

/** @returns the input without its undefined fields, with the defaults in their place. */
export function filled<T extends object, K extends keyof T>(
  given: T,
  defaults: { readonly [F in K]-?: Exclude<T[F], undefined> },
): WithDefaults<T, K> {
  const there = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(there) } as WithDefaults<T, K>
}
