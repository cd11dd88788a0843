import type { z } from 'zod'
import { inWords, otherThan, shown } from '../contract/check.js'
import { type FieldProblem, InvalidInputError, type Problem } from '../contract/errors.js'

/**
 * @param name - makes the name of a field that of the surface that shows it
 * @throws InvalidInputError that names every field that is wrong, and what to do about it.
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

/** What a value lacks to fit a schema. The texts come from the data of each issue, never from zod's message. */
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
    remedy: 'check its spelling, because VOD would refuse it as UnknownParameter',
  }))
}

/** What schemas say about a value in `params` of a custom issue. */
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
        remedy: isObject ? 'put it through JSON.stringify' : `give ${kind}`,
      }
    }
    case 'invalid_value': {
      const values = issue.values.map(String).filter((value) => value !== '')
      const isText = typeof issue.input === 'string'
      const problem = isText ? 'is no value that is known' : otherThan('a string', issue.input)
      return { problem, remedy: `give ${inWords(values)}` }
    }
    case 'too_big':
      return {
        problem: sizeProblem(issue.origin, 'more', issue.maximum),
        remedy: `give at most ${issue.maximum}${issue.origin === 'array' ? ' in one request' : ''}`,
      }
    case 'too_small':
      return {
        problem: sizeProblem(issue.origin, 'less', issue.minimum),
        remedy: `give at least ${issue.minimum === 1 ? 'one' : issue.minimum}`,
      }
  }
  return { problem: 'does not have the form that is needed', remedy: 'see the documentation of the field' }
}

function sizeProblem(origin: string, than: 'more' | 'less', limit: number | bigint): string {
  if (origin === 'string') return than === 'more' ? `is longer than ${limit} characters` : 'is empty'
  if (origin === 'array') return than === 'more' ? `has more than ${limit} members` : 'is empty'
  return `is ${than} than ${limit}`
}
