import type { z } from 'zod'

/** What is wrong with a body, on a line for each field: what it is, and what to give. The texts are made of the data of each issue. */
export function adminProblems({ issues }: z.ZodError): string {
  return issues.map(problemIn).join('\n')
}

function problemIn(issue: z.core.$ZodIssue): string {
  const field = issue.path.join('.') || 'body'
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${[...issue.path, issue.keys[0]].join('.')}: is not known; check its spelling`
    case 'invalid_type':
      return `${field}: ${kindOf(issue.input)}; give ${article(issue.expected)}`
    case 'invalid_value':
      return `${field}: is not known; give ${oneOf(issue.values.map(String))}`
    case 'too_small':
      return `${field}: is below ${issue.minimum}; give ${issue.minimum} or more`
    case 'custom':
      return `${field}: ${issue.message}`
    case 'too_big':
      return `${field}: is above ${issue.maximum}; give ${issue.maximum} or less`
  }
  const isName = issue.code === 'invalid_union' && issue.discriminator !== undefined
  return `${field}: ${isName ? 'is not known' : 'has no form that is taken'}; give one that docs/emulator.md names`
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
