import { type Check, under } from './check.js'
import { InvalidInputError } from './errors.js'

/**
 * @param name - the name of the value's field, for the problems
 * @throws InvalidInputError that names every wrong field, with a remedy.
 */
export function valid<T>(check: Check<T>, value: unknown, name = ''): T {
  const problems = [...under(name, check(value))]
  if (problems.length > 0)
    throw new InvalidInputError(problems.map((each) => ({ ...each, field: each.field || 'input' })))
  return value as T
}

/** An input in which these fields are always set. */
export type WithDefaults<T, K extends keyof T> = T & { readonly [F in K]-?: Exclude<T[F], undefined> }

/** @returns the input with the defaults in place of its undefined fields */
export function withDefaults<T extends object, K extends keyof T>(
  given: T,
  defaults: { readonly [F in K]-?: Exclude<T[F], undefined> },
): WithDefaults<T, K> {
  const there = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(there) } as WithDefaults<T, K>
}
