import { jsonShapes } from '../../src/cli/jsonShapes.js'

/** A documented shape: undefined for any value, an array of one shape, or the members of an object. */
type Shape =
  | undefined
  | readonly [Shape]
  | { readonly members: Readonly<Record<string, Member>>; readonly open: boolean }

interface Member {
  readonly shape: Shape
  readonly optional: boolean
}

/** @throws Error that names what an object of a command has and its help does not document, or the other way around */
export function checkJson(args: readonly string[], stdout: string): void {
  const command = [args.slice(0, 2).join(' '), args[0] ?? ''].find((name) => Object.hasOwn(jsonShapes, name))
  if (command === undefined || !args.includes('--json')) return
  const shapes = jsonShapes[command] ?? []
  for (const line of stdout.split('\n').filter((each) => each !== '')) {
    const value: unknown = JSON.parse(line)
    const problems = shapes.map((shape) => problemsOf(value, parsed(shape), command))
    if (problems.every((each) => each.length > 0))
      throw new Error(
        `the help of ${command} documents another shape: ${problems.flat().join('; ')}; printed: ${line}`,
      )
  }
}

function problemsOf(value: unknown, shape: Shape, path: string): string[] {
  if (shape === undefined) return []
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return [`${path} is no array`]
    return value.flatMap((each, index) => problemsOf(each, shape[0], `${path}[${index}]`))
  }
  if (typeof value !== 'object' || value === null || !('members' in shape)) return [`${path} is no object`]
  const { members, open } = shape
  return [
    ...Object.keys(value).flatMap((name) =>
      open || Object.hasOwn(members, name) ? [] : [`has ${path}.${name}`],
    ),
    ...Object.entries(members).flatMap(([name, { shape: inner, optional }]) => {
      const given: unknown = Object(value)[name]
      if (given === undefined) return optional ? [] : [`lacks ${path}.${name}`]
      return problemsOf(given, inner, `${path}.${name}`)
    }),
  ]
}

/** Parses `{a, b?, c: [{d}], ...}`. */
export function parsed(text: string): Shape {
  const words = text.match(/\.\.\.|[\w]+|[{}[\],:?]/g) ?? []
  let at = 0
  const next = (wanted?: string) => {
    const word = words[at++]
    if (wanted !== undefined && word !== wanted)
      throw new Error(`expected ${wanted} at word ${at} of ${text}`)
    return word ?? ''
  }
  const value = (): Shape => {
    if (next() === '[') {
      const shape = value()
      next(']')
      return [shape]
    }
    const members: Record<string, Member> = {}
    let open = false
    for (;;) {
      const name = next()
      if (name === '...') open = true
      else {
        const optional = words[at] === '?' && next() === '?'
        const shape = words[at] === ':' && next() === ':' ? value() : undefined
        members[name] = { shape, optional }
      }
      if (next() === '}') return { members, open }
    }
  }
  const shape = value()
  if (at !== words.length) throw new Error(`cannot read the end of ${text}`)
  return shape
}
