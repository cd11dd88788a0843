import { inspect } from 'node:util'

/** Where what was read differs from what was written. */
export interface ValueDifference {
  /** E.g. `.tasks[0].urls`. */
  readonly path: string
  readonly written: unknown
  readonly found: unknown
}

/** A field that is undefined is one that is absent: JSON keeps neither apart. */
export function firstDifference(written: unknown, found: unknown, path = ''): ValueDifference | undefined {
  if (Object.is(written, found)) return undefined
  const keys = keysOf(written, found)
  if (!keys) return { path, written, found }
  for (const key of keys) {
    const step = Array.isArray(written) ? `[${key}]` : `.${key}`
    const difference = firstDifference(fieldOf(written, key), fieldOf(found, key), `${path}${step}`)
    if (difference) return difference
  }
  return undefined
}

/** Undefined where the two are not both arrays of one length, or both plain objects. */
function keysOf(written: unknown, found: unknown): readonly string[] | undefined {
  if (!isStructure(written) || !isStructure(found)) return undefined
  if (Object.getPrototypeOf(written) !== Object.getPrototypeOf(found)) return undefined
  if (Array.isArray(written) && written.length !== Object(found).length) return undefined
  return [...new Set([...Object.keys(written), ...Object.keys(found)])]
}

function isStructure(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function fieldOf(value: unknown, key: string): unknown {
  return Object(value)[key]
}

/** On one line, and short. */
export function valueText(value: unknown): string {
  if (isStructure(value) && !isPlain(value)) {
    const name = Object.getPrototypeOf(value)?.constructor?.name
    return name === undefined ? 'an object without a prototype' : `an object of class ${name}`
  }
  const options = { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 60, maxArrayLength: 3 }
  const text = inspect(value, options)
  return text.length > longestText ? `${text.slice(0, longestText)}...` : text
}

const longestText = 120

function isPlain(value: object): boolean {
  return [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value))
}
