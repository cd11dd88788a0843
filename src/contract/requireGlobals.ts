import { InvalidInputError } from './errors.js'

/** What Node provides of the web, unless it is told not to. */
type WebGlobal = 'fetch' | 'Request' | 'Response' | 'Headers' | 'ReadableStream'

const problem = 'missing'
const remedy = 'start Node without --no-experimental-fetch, which NODE_OPTIONS may contain too'

/** @throws InvalidInputError that names each global which is missing */
export function requireGlobals(names: readonly WebGlobal[]): void {
  const missing = names.filter((name) => typeof globalThis[name] !== 'function')
  if (missing.length === 0) return
  throw new InvalidInputError(missing.map((name) => ({ field: `globalThis.${name}`, problem, remedy })))
}
