import { anyMsOf, type Duration } from '../base/duration.js'
import { counted } from './counted.js'
import { notDuration } from './duration.js'
import type { FieldProblem, Problem } from './errors.js'
import { bytesOf } from './json.js'
import { cut } from './text.js'

/*
 * Checks of inputs from outside. They are plain code, because workflows also check their inputs, and zod would cost each waiting run a
 * megabyte of memory.
 */

/** Returns the problems of a value. The field of a problem is empty for the value itself. */
export type AnyCheck = (value: unknown) => Iterable<FieldProblem>

/** A check whose accepted values are all `T`. */
export type Check<T> = AnyCheck & { readonly of?: (value: T) => T }

/** The type that a check has established. */
export type CheckedType<C> = C extends Check<infer T> ? T : never

/** One check for each field of `T`. The compiler rejects a missing check and a check of another type. */
export type Fields<T> = {
  readonly [K in keyof T]-?: Check<Record<never, never> extends Pick<T, K> ? T[K] | undefined : T[K]>
}

/** Returns the value if the check finds no problem in it. */
export function passing<T>(check: Check<T>, value: unknown): T | undefined {
  const [problem] = check(value)
  return problem === undefined ? (value as T) : undefined
}

/** A rule for text: it must match a pattern, or pass a test. */
export interface TextRule extends Problem {
  readonly pattern: { test(text: string): boolean }
}

/** A rule for a number: its bounds, both inclusive. */
export interface NumberRule {
  readonly least: number
  readonly most: number
  readonly remedy: string
}

/** A rule for a list: its number of members. */
export interface ListRule {
  readonly least?: number
  readonly most?: number
  readonly remedy: string
}

/** A rule for the size of a value as JSON, which is the form that Temporal stores. */
export interface SizeRule {
  readonly bytes: number
  readonly remedy: string
}

/** @returns the difference of a value from `wanted`, e.g. `is a number, not a string`; an absent value `is missing` */
export function otherThan(wanted: string, value: unknown): string {
  return value === undefined ? 'is missing' : `is ${kindOf(value)}, not ${wanted}`
}

/** @returns the kind of a value for a message, e.g. `a list` */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Promise) return 'a promise'
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Returns what a function of a user returned, for a message. */
export function returnedText(value: unknown): string {
  return `returned ${typeof value === 'string' ? `"${shown(value)}"` : kindOf(value)}`
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

/** Checks a duration, whose bounds are in milliseconds. */
export function duration({ least, most, remedy }: NumberRule): Check<Duration> {
  return function* (value) {
    const found = anyMsOf(value)
    if (Number.isNaN(found)) yield self(notDuration(value), remedy)
    else if (!(found >= least && found <= most))
      yield self(typeof value === 'number' ? `is ${value} ms` : `is ${value}`, remedy)
  }
}

export const flag: Check<boolean> = function* (value) {
  if (typeof value !== 'boolean') yield self(otherThan('a boolean', value), 'pass true or false')
}

/** Checks a function, whose parameters and result cannot be checked before it is called. */
export function callable<F extends (...args: never[]) => unknown>(remedy = 'pass a function'): Check<F> {
  return function* (value) {
    if (typeof value !== 'function') yield self(otherThan('a function', value), remedy)
  }
}

/** Accepts every value. */
export const anything: AnyCheck = () => []

export function oneOf<const V extends string>(values: readonly V[]): Check<V> {
  const remedy = `pass ${inWords(values)}`
  return function* (value) {
    if (typeof value !== 'string') yield self(otherThan('a string', value), remedy)
    else if (!values.some((one) => one === value)) yield self('is not a known value', remedy)
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
    if (value.length < least || value.length > most) return yield self(sizeOf(value), remedy)
    for (const [index, member] of value.entries()) yield* under(String(index), item(member))
  }
}

function sizeOf({ length }: readonly unknown[]): string {
  if (length === 0) return 'is empty'
  return `has ${counted(length, 'member')}`
}

/** Checks a value, and then its size. */
export function atMost<T>({ bytes: most, remedy }: SizeRule, check: Check<T>): Check<T> {
  return function* (value) {
    const problems = [...check(value)]
    yield* problems
    if (problems.length > 0) return
    const bytes = bytesOf(value)
    if (bytes > most) yield self(`has ${bytes} bytes as JSON`, remedy)
  }
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
  return (value) => (value === undefined ? [] : check(value))
}

/** Checks these fields of an object, which may have others. */
export function having<T>(fields: Fields<T>, remedy = 'pass an object with its fields'): Check<T> {
  return function* (value) {
    if (!isObject(value)) yield self(otherThan('an object', value), remedy)
    else yield* problemsWithin(value, fields)
  }
}

/** Checks these fields of an object, which may have others, but no misspelled one of these. */
export function spelling<T>(fields: Fields<T>, remedy = 'pass an object with its fields'): Check<T> {
  return function* (value) {
    if (!isObject(value)) return yield self(otherThan('an object', value), remedy)
    for (const name of Object.keys(value)) {
      const meant = Object.hasOwn(fields, name) ? undefined : meantBy(name, fields)
      if (meant !== undefined) yield { field: shown(name), problem: 'is not known', remedy: `write ${meant}` }
    }
    yield* problemsWithin(value, fields)
  }
}

/**
 * Checks these fields and refuses any other, because a misspelled field could cause new, billed work.
 *
 * @param ifNew - the remedy for a field that is spelled right but unknown here
 */
export function exactly<T>(
  fields: Fields<T>,
  remedy = 'pass an object with its fields',
  ifNew?: string,
): Check<T> {
  return function* (value) {
    if (!isObject(value)) return yield self(otherThan('an object', value), remedy)
    for (const name of Object.keys(value))
      if (!Object.hasOwn(fields, name))
        yield { field: shown(name), problem: 'is not known', remedy: remedyFor(name, fields, ifNew) }
    yield* problemsWithin(value, fields)
  }
}

/** Checks an object by its functions, which may be those of its class. */
export function withFunctions<T>(names: readonly string[], remedy: string): Check<T> {
  return function* (value) {
    const missing = names.find((name) => typeof memberOf(value, name) !== 'function')
    if (typeof value !== 'object' || value === null) yield self(otherThan('an object', value), remedy)
    else if (missing !== undefined) yield { field: missing, problem: 'is not a function', remedy }
  }
}

/** @param path - names with dots between them */
function memberOf(value: unknown, path: string): unknown {
  return path.split('.').reduce((found: unknown, name) => Object(found)[name], value)
}

function* problemsWithin(value: Readonly<Record<string, unknown>>, fields: object): Iterable<FieldProblem> {
  for (const [name, check] of Object.entries(fields) as [string, AnyCheck][])
    yield* under(name, check(Object.hasOwn(value, name) ? value[name] : undefined))
}

/** Checks an object that has one of several forms. Each form has a field that no other has. */
export function byField<F extends Readonly<Record<string, AnyCheck>>>(
  forms: F,
  remedy: string,
): Check<CheckedType<F[keyof F]>> {
  return function* (value) {
    if (!isObject(value)) return yield self(otherThan('an object', value), remedy)
    const name = Object.keys(forms).find((field) => Object.hasOwn(value, field))
    const form = name === undefined ? undefined : forms[name]
    if (form) yield* form(value)
    else yield self('has none of the fields that select its form', remedy)
  }
}

function remedyFor(field: string, known: object, ifNew?: string): string {
  const meant = meantBy(field, known)
  if (meant !== undefined) return `write ${meant}`
  return 'request' in known && /^[A-Z]/.test(field)
    ? 'the fields of VOD belong in request'
    : ['check its spelling', ...(ifNew === undefined ? [] : [ifNew])].join('; ')
}

/** Other languages write names differently: `idempotency_key`, `IdempotencyKey`. */
function meantBy(field: string, known: object): string | undefined {
  const bare = (name: string) => name.replaceAll(/[^A-Za-z]/g, '').toLowerCase()
  const names = Object.keys(known)
  return (
    names.find((name) => bare(name) === bare(field)) ??
    names.find((name) => isMisspelling(bare(field), bare(name)))
  )
}

/** Returns true if the words differ in one letter, in two letters that changed places, or as singular and plural do. */
function isMisspelling(word: string, name: string): boolean {
  if (Math.min(word.length, name.length) < 4) return false
  let start = 0
  while (start < name.length && word[start] === name[start]) start++
  const [left, right] = [word.slice(start), name.slice(start)]
  return (
    left.slice(1) === right.slice(1) ||
    left.slice(1) === right ||
    left === right.slice(1) ||
    ['/es', 'es/', 'y/ies', 'ies/y'].includes(`${left}/${right}`) ||
    `${left[1]}${left[0]}${left.slice(2)}` === right
  )
}

const maxDepth = 64

/**
 * Checks that JSON can hold the whole value, because it becomes JSON on its way to VOD, to a webhook or to a person. JSON fails on some
 * values, and drops or empties others silently. Recursive functions, such as the JSON serializer, fail on a very deep nesting.
 */
export const plainJson: Check<unknown> = function* (value) {
  if (!isTooDeep(value, maxDepth)) yield* lostIn(value)
  else
    yield self(
      `is nested more than ${maxDepth} deep, or contains itself`,
      'remove the nesting, which no request of VOD needs',
    )
}

function isTooDeep(value: unknown, depth: number): boolean {
  const { members } = asJson(value)
  if (members === undefined) return false
  return depth === 0 || members.some(([, member]) => isTooDeep(member, depth - 1))
}

function* lostIn(value: unknown): Iterable<FieldProblem> {
  const { members = [], problem } = asJson(value)
  if (problem !== undefined) {
    const remedy = 'pass only strings, numbers, booleans, null, lists and plain objects'
    yield self(problem, value instanceof Promise ? 'await it' : remedy)
  }
  for (const [name, member] of members) yield* under(shown(name), lostIn(member))
}

interface AsJson {
  /** The members that JSON writes. Absent if the value is not an object. */
  readonly members?: readonly (readonly [name: string, value: unknown])[]
  /** The reason why JSON does not hold the value. */
  readonly problem?: string
}

/** Reads a value as `JSON.stringify` does. A Date, for example, has a `toJSON`. */
function asJson(given: unknown): AsJson {
  try {
    const toJSON = typeof given === 'object' || typeof given === 'bigint' ? Object(given).toJSON : undefined
    const value: unknown = typeof toJSON === 'function' ? toJSON.call(given, '') : given
    const isHeld = typeof value !== 'number' || Number.isFinite(value)
    if (!isHeld || notJson.includes(typeof value)) return lost(kindOf(value))
    if (typeof value !== 'object' || value === null) return {}
    const kind = Object.prototype.toString.call(value).slice('[object '.length, -1)
    // Temporal adds a member to each promise of a workflow.
    const members = ArrayBuffer.isView(value) || value instanceof Promise ? [] : Object.entries(value)
    // JSON writes a Map, a promise or an error without members as {}.
    return members.length > 0 || plainKinds.includes(kind) ? { members } : lost(`of type ${kind}`)
  } catch (error) {
    return { problem: `cannot be read (${shown(String(error))})` }
  }
}

const notJson: readonly string[] = ['bigint', 'function', 'symbol']
const plainKinds: readonly string[] = ['Object', 'Array', 'String', 'Number', 'Boolean']

function lost(kind: string): AsJson {
  return { problem: `is ${kind}, which JSON cannot hold` }
}

const maxShown = 50

/** Returns a name from outside, cut for a message. */
export function shown(name: string): string {
  return name.length <= maxShown ? name : `${cut(name, maxShown)}...`
}

/** Returns the problems of a value that is the field `name` of another. */
export function* under(name: string, problems: Iterable<FieldProblem>): Iterable<FieldProblem> {
  for (const { field, ...rest } of problems) yield { field: joined(name, field), ...rest }
}

function joined(...names: readonly string[]): string {
  return names.filter((name) => name !== '').join('.')
}

function self(problem: string, remedy: string): FieldProblem {
  return { field: '', problem, remedy }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
