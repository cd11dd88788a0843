import type { z } from 'zod'

/** A schema's message is "what is wrong; what to do". */
export function problemOf(issue: z.core.$ZodIssue) {
  const field = issue.path.map(String).join('.') || 'input'
  if (issue.code === 'unrecognized_keys') {
    const theirs = issue.path[0] === 'request'
    const remedy = theirs
      ? 'VOD would refuse it as UnknownParameter; check its spelling'
      : 'check its spelling'
    return { field: [...issue.path.map(String), issue.keys[0]].join('.'), problem: 'is not known', remedy }
  }
  const [problem = '', remedy = 'see its documentation'] = issue.message.split('; ', 2)
  return { field, problem, remedy }
}
