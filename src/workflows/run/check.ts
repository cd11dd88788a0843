import { depthWords, isTooDeep, type NumberRule, type TextRule } from '../../contract/patterns.js'
import { cut } from '../../contract/text.js'
import { refuse } from '../refuse.js'

/*
 * What anybody who can start a workflow gives it by name is checked before anything is built from it, in its first workflow task. Plain
 * code: zod would cost each waiting run a megabyte. The activities parse requests of VOD.
 */

/** What is wrong with a value, and where in it. */
interface Problem {
  readonly at: string
  /** "is ...; give ..." */
  readonly words: string
}

/** Undefined: nothing is wrong. */
export type Check = (value: unknown) => Problem | undefined

/** @throws ApplicationFailure of type `InvalidInput` that names field, problem and remedy. */
export function requireValid(value: unknown, check: Check, name = ''): void {
  const problem = check(value)
  if (problem) throw refuse(`${joined(name, problem.at) || 'input'}: ${problem.words}`)
}

export function must(words: string, holds: (value: unknown) => boolean): Check {
  return (value) => (holds(value) ? undefined : { at: '', words })
}

/** Every check in turn. */
export function all(...checks: readonly Check[]): Check {
  return (value) => {
    for (const check of checks) {
      const problem = check(value)
      if (problem) return problem
    }
    return undefined
  }
}

export function optional(check: Check): Check {
  return (value) => (value === undefined ? undefined : check(value))
}

export function text({ pattern, words }: TextRule): Check {
  return must(words, (value) => typeof value === 'string' && pattern.test(value))
}

export function oneOf(words: string, ...members: readonly unknown[]): Check {
  return must(words, (value) => members.includes(value))
}

export function whole({ words, ...bounds }: NumberRule): Check {
  return must(words, (value) => Number.isSafeInteger(value) && isWithin(Number(value), bounds))
}

export function number({ words, ...bounds }: NumberRule): Check {
  return must(words, (value) => typeof value === 'number' && isWithin(value, bounds))
}

function isWithin(value: number, { least, most }: Omit<NumberRule, 'words'>): boolean {
  return value >= least && value <= most
}

export function list(words: string, item: Check, most = Number.POSITIVE_INFINITY): Check {
  return (value) => {
    if (!Array.isArray(value) || value.length > most) return { at: '', words }
    for (const [index, member] of value.entries()) {
      const problem = item(member)
      if (problem) return under(String(index), problem)
    }
    return undefined
  }
}

export type Fields = Readonly<Record<string, Check>>

/** These fields of an object, whatever else it has. */
export function having(fields: Fields): Check {
  return (value) => {
    if (!isObject(value)) return { at: '', words: 'is not an object; give one with its fields' }
    for (const [name, check] of Object.entries(fields)) {
      const problem = check(Object.hasOwn(value, name) ? value[name] : undefined)
      if (problem) return under(name, problem)
    }
    return undefined
  }
}

/** These fields and no other: a misspelt one would be new work, or money. */
export function exactly(fields: Fields): Check {
  return all(
    must('is not an object; give one with its fields', isObject),
    (value) => unknownField(value as object, fields),
    having(fields),
  )
}

function unknownField(input: object, known: Fields): Problem | undefined {
  const field = Object.keys(input).find((name) => !Object.hasOwn(known, name))
  return field === undefined
    ? undefined
    : { at: shown(field), words: `is not known; ${remedyFor(field, known)}` }
}

/** Other languages write names otherwise: `idempotency_key`, `IdempotencyKey`. */
function remedyFor(field: string, known: Fields): string {
  const bare = (name: string) => name.replaceAll(/[^A-Za-z]/g, '').toLowerCase()
  const meant = Object.keys(known).find((name) => bare(name) === bare(field))
  if (meant !== undefined) return `write ${meant}`
  return 'request' in known && /^[A-Z]/.test(field)
    ? 'the fields of VOD belong in request'
    : 'check its spelling'
}

export const shallow: Check = must(depthWords, (value) => !isTooDeep(value))

const maxShown = 50

function shown(name: string): string {
  return name.length <= maxShown ? name : `${cut(name, maxShown)}...`
}

function under(name: string, { at, words }: Problem): Problem {
  return { at: joined(name, at), words }
}

function joined(name: string, at: string): string {
  return [name, at].filter((part) => part !== '').join('.')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
