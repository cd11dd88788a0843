import type { z } from 'zod'

/** A field with what is wrong with it, and what to give. */
export interface EmulatorProblem {
  readonly what: string
  readonly remedy: string
}

/** Returns what is wrong with a body or with options. The texts are made of the data of each issue. */
export function problemsIn({ issues }: z.ZodError): readonly EmulatorProblem[] {
  return issues.map((issue) => {
    const [problem, remedy] = saidOf(issue)
    const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : issue.path
    return { what: `${path.join('.') || 'body'}: ${problem}`, remedy }
  })
}

/** Returns the problems, each on a line. */
export function problemLines(problems: readonly EmulatorProblem[]): string {
  return problems.map(({ what, remedy }) => `${what}; ${remedy}`).join('\n')
}

function saidOf(issue: z.core.$ZodIssue): readonly [problem: string, remedy: string] {
  switch (issue.code) {
    case 'unrecognized_keys':
      return ['is not known', 'check its spelling']
    case 'invalid_type':
      return [kindOf(issue.input), `give ${article(issue.expected)}`]
    case 'invalid_value':
      return ['is not known', `give ${oneOf(issue.values.map(String))}`]
    case 'too_small':
      return [`is below ${issue.minimum}`, `give ${issue.minimum} or more`]
    case 'too_big':
      return [`is above ${issue.maximum}`, `give ${issue.maximum} or less`]
    case 'custom': {
      const [problem = '', remedy = ''] = issue.message.split('; ')
      return [problem, remedy]
    }
  }
  const isName = issue.code === 'invalid_union' && issue.discriminator !== undefined
  return [isName ? 'is not known' : 'has no form that is taken', 'give one that docs/emulator.md names']
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'is missing'
  if (value === null) return 'is null'
  return `is ${article(Array.isArray(value) ? 'array' : typeof value)}`
}

function oneOf(values: readonly string[]): string {
  const others = values.slice(0, -1).join(', ')
  return [others, values.at(-1)].filter((part) => part !== '').join(' or ')
}

const names: Readonly<Record<string, string>> = { array: 'list', record: 'object', int: 'whole number' }

function article(type: string): string {
  const name = names[type] ?? type
  return `${name === 'object' ? 'an' : 'a'} ${name}`
}
