import { anyMsOf, type Duration, notDuration } from './duration.js'
import type { FieldProblem, Problem } from './errors.js'
import { bytesOf } from './json.js'
import { cut } from './text.js'

/*
 * Checks of what others give by name. Plain code, because workflows check their inputs too, and zod would cost each waiting run a
 * megabyte.
 */

/** What is wrong with a value, one problem after another. The field is empty for the value itself. */
export type AnyCheck = (value: unknown) => Iterable<FieldProblem>

/** A check that finds nothing wrong with any `T`, and with nothing else. */
export type Check<T> = AnyCheck & { readonly of?: (value: T) => T }

/** The type that a check has established. */
export type CheckedType<C> = C extends Check<infer T> ? T : never

/** One check for each field of `T`: the compiler refuses one that is missing, or of another type. */
export type Fields<T> = {
  readonly [K in keyof T]-?: Check<Record<never, never> extends Pick<T, K> ? T[K] | undefined : T[K]>
}

/** Text that fits a pattern. */
export interface TextRule extends Problem {
  readonly pattern: RegExp
}

/** A number within bounds, both inclusive. */
export interface NumberRule {
  readonly least: number
  readonly most: number
  readonly remedy: string
}

/** How many members a list has. */
export interface ListRule {
  readonly least?: number
  readonly most?: number
  readonly remedy: string
}

/** How many bytes a value has at most as JSON, which is how Temporal stores it. */
export interface SizeRule {
  readonly bytes: number
  readonly remedy: string
}

/** @returns what a value is instead of `wanted`, e.g. `is a number, not a string`; an absent value is missing. */
export function otherThan(wanted: string, value: unknown): string {
  return value === undefined ? 'is missing' : `is ${kindOf(value)}, not ${wanted}`
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

export function text({ pattern, problem, remedy }: TextRule): Check<string> {
  return function* (value) {
    if (typeof value !== 'string') yield self(otherThan('a string', value), remedy)
    else if (!pattern.test(value)) yield self(problem, remedy)
  }
}

export function whole(rule: NumberRule): Check<number> {
  return function* (value) {
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      yield self(`is ${value}, not a whole number`, rule.remedy)
    else yield* number(rule)(value)
  }
}

export function number({ least, most, remedy }: NumberRule): Check<number> {
  return function* (value) {
    if (typeof value !== 'number') yield self(otherThan('a number', value), remedy)
    else if (!(value >= least && value <= most)) yield self(`is ${value}`, remedy)
  }
}

/** The bounds are milliseconds. */
export function duration({ least, most, remedy }: NumberRule): Check<Duration> {
  return function* (value) {
    const found = anyMsOf(value)
    if (Number.isNaN(found)) yield self(notDuration(value), remedy)
    else if (!(found >= least && found <= most)) yield self(`is ${value}`, remedy)
  }
}

export const flag: Check<boolean> = function* (value) {
  if (typeof value !== 'boolean') yield self(otherThan('a boolean', value), 'give true or false')
}

export function oneOf<const V extends string>(values: readonly V[]): Check<V> {
  const remedy = `give ${inWords(values)}`
  return function* (value) {
    if (typeof value !== 'string') yield self(otherThan('a string', value), remedy)
    else if (!values.some((one) => one === value)) yield self('is no value that is known', remedy)
  }
}

/** @returns `a, b or c` */
export function inWords(values: readonly string[]): string {
  const [last = '', ...others] = values.toReversed()
  return others.length === 0 ? last : `${others.toReversed().join(', ')} or ${last}`
}

export function list<T>(
  item: Check<T>,
  { least = 0, most = Number.POSITIVE_INFINITY, remedy }: ListRule,
): Check<readonly T[]> {
  return function* (value) {
    if (!Array.isArray(value)) return yield self(otherThan('a list', value), remedy)
    if (value.length < least) return yield self('is empty', remedy)
    if (value.length > most) return yield self(`has ${value.length} members`, remedy)
    for (const [index, member] of value.entries()) yield* under(String(index), item(member))
  }
}

/** What fits, and is not larger than that. */
export function atMost<T>({ bytes: most, remedy }: SizeRule, check: Check<T>): Check<T> {
  return function* (value) {
    const problems = [...check(value)]
    yield* problems
    if (problems.length > 0) return
    const bytes = jsonBytesOf(value)
    if (bytes === undefined) yield self('has a value that JSON does not have', remedy)
    else if (bytes > most) yield self(`has ${bytes} bytes as JSON`, remedy)
  }
}

function jsonBytesOf(value: unknown): number | undefined {
  try {
    return bytesOf(value)
  } catch {
    return undefined
  }
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value) => (value === undefined ? [] : check(value))
}

/** These fields of an object, whatever else it has. */
export function having<T>(fields: Fields<T>, remedy = 'give an object with its fields'): Check<T> {
  return function* (value) {
    if (!isObject(value)) yield self(otherThan('an object', value), remedy)
    else yield* problemsWithin(value, fields)
  }
}

/** These fields and no other: a misspelled one would be new work, or money. */
export function exactly<T>(fields: Fields<T>, remedy = 'give an object with its fields'): Check<T> {
  return function* (value) {
    if (!isObject(value)) return yield self(otherThan('an object', value), remedy)
    for (const name of Object.keys(value))
      if (!Object.hasOwn(fields, name))
        yield { field: shown(name), problem: 'is not known', remedy: remedyFor(name, fields) }
    yield* problemsWithin(value, fields)
  }
}

function* problemsWithin(value: Readonly<Record<string, unknown>>, fields: object): Iterable<FieldProblem> {
  for (const [name, check] of Object.entries(fields) as [string, AnyCheck][])
    yield* under(name, check(Object.hasOwn(value, name) ? value[name] : undefined))
}

/** One of several forms of an object, each known by a field that it alone has. */
export function byField<F extends Readonly<Record<string, AnyCheck>>>(
  forms: F,
  remedy: string,
): Check<CheckedType<F[keyof F]>> {
  return function* (value) {
    if (!isObject(value)) return yield self(otherThan('an object', value), remedy)
    const name = Object.keys(forms).find((field) => Object.hasOwn(value, field))
    const form = name === undefined ? undefined : forms[name]
    if (form) yield* form(value)
    else yield self('has none of the fields that tell what is meant', remedy)
  }
}

/** Other languages write names otherwise: `idempotency_key`, `IdempotencyKey`. */
function remedyFor(field: string, known: object): string {
  const bare = (name: string) => name.replaceAll(/[^A-Za-z]/g, '').toLowerCase()
  const meant = Object.keys(known).find((name) => bare(name) === bare(field))
  if (meant !== undefined) return `write ${meant}`
  return 'request' in known && /^[A-Z]/.test(field)
    ? 'the fields of VOD belong in request'
    : 'check its spelling'
}

const maxDepth = 64

/** Functions that call themselves go through what is written as JSON: nesting without end would stop each of them. */
export const shallow: Check<unknown> = function* (value) {
  if (isTooDeep(value, maxDepth))
    yield self(`is nested more than ${maxDepth} deep`, 'give it flat, as VOD wants every request')
}

function isTooDeep(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth === 0 || Object.values(value).some((member) => isTooDeep(member, depth - 1))
}

const maxShown = 50

/** Returns a name that others have given, cut for a message. */
export function shown(name: string): string {
  return name.length <= maxShown ? name : `${cut(name, maxShown)}...`
}

/** The same problems of a value that is a field of another. */
export function* under(name: string, problems: Iterable<FieldProblem>): Iterable<FieldProblem> {
  for (const { field, ...rest } of problems) yield { field: joined(name, field), ...rest }
}

function joined(...names: readonly string[]): string {
  return names.filter((name) => name !== '').join('.')
}

function self(problem: string, remedy: string): FieldProblem {
  return { field: '', problem, remedy }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
