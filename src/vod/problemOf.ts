import type { z } from 'zod'
import { inWords, otherThan, shown } from '../contract/check.js'
import { type FieldProblem, InvalidInputError, type Problem } from '../contract/errors.js'

/**
 * @param name - converts the name of a field to the name on the surface that shows the error
 * @throws InvalidInputError that names every wrong field, with a remedy.
 */
export function parsed<S extends z.ZodType>(
  schema: S,
  value: unknown,
  name = (field: string) => field || 'input',
): z.output<S> {
  const { data, error } = schema.safeParse(value, { reportInput: true })
  if (!error) return data as z.output<S>
  const problems = error.issues.flatMap(problemsIn)
  throw new InvalidInputError(problems.map((each) => ({ ...each, field: name(each.field) })))
}

/** Returns the problems of a value that does not fit a schema. The texts come from the data of each issue, never from zod's message. */
export function problemsOf(schema: z.ZodType, value: unknown): readonly FieldProblem[] {
  const { error } = schema.safeParse(value, { reportInput: true })
  return (error?.issues ?? []).flatMap(problemsIn)
}

function problemsIn(issue: z.core.$ZodIssue): FieldProblem[] {
  const path = issue.path.map((name) => shown(String(name)))
  if (issue.code !== 'unrecognized_keys') return [{ field: path.join('.'), ...problemIn(issue) }]
  return issue.keys.map((key) => ({
    field: [...path, shown(key)].join('.'),
    problem: 'is not known',
    remedy: 'check its spelling, or remove it',
  }))
}

/** Narrows the `params` of a custom issue to the problem that our schemas report. */
function isProblem(params: unknown): params is Problem {
  return typeof Object(params).problem === 'string' && typeof Object(params).remedy === 'string'
}

const wanted: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'a boolean',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

function problemIn(issue: z.core.$ZodIssue): Problem {
  switch (issue.code) {
    case 'custom':
      if (isProblem(issue.params)) return { problem: issue.params.problem, remedy: issue.params.remedy }
      break
    case 'invalid_type': {
      const kind = wanted[issue.expected] ?? issue.expected
      const isObject = kind === 'a string' && typeof issue.input === 'object' && issue.input !== null
      return {
        problem: otherThan(kind, issue.input),
        remedy: isObject ? 'pass it through JSON.stringify' : `pass ${kind}`,
      }
    }
    case 'invalid_value': {
      const values = issue.values.map(String).filter((value) => value !== '')
      const isText = typeof issue.input === 'string'
      const problem = isText ? 'is not a known value' : otherThan('a string', issue.input)
      return { problem, remedy: `pass ${inWords(values)}` }
    }
    case 'too_big':
      return {
        problem: sizeProblem(issue.origin, 'more', issue.maximum),
        remedy: `pass at most ${issue.maximum}${issue.origin === 'array' ? ' in one request' : ''}`,
      }
    case 'too_small':
      return {
        problem: sizeProblem(issue.origin, 'less', issue.minimum),
        remedy: `pass at least ${issue.minimum === 1 ? 'one' : issue.minimum}`,
      }
  }
  return { problem: 'does not have the expected form', remedy: 'see the documentation of the field' }
}

function sizeProblem(origin: string, than: 'more' | 'less', limit: number | bigint): string {
  if (origin === 'string') return than === 'more' ? `is longer than ${limit} characters` : 'is empty'
  if (origin === 'array') return than === 'more' ? `has more than ${limit} members` : 'is empty'
  return `is ${than} than ${limit}`
}
