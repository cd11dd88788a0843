import { InvalidInputError } from './errors.js'

/** Web globals that Node provides unless an option disables them. */
type WebGlobal = 'fetch' | 'Request' | 'Response' | 'Headers' | 'ReadableStream'

const problem = 'is missing'
const remedy = 'start Node without --no-experimental-fetch, which NODE_OPTIONS may also contain'

/** @throws InvalidInputError that names each missing global */
export function requireGlobals(names: readonly WebGlobal[]): void {
  const missing = names.filter((name) => typeof globalThis[name] !== 'function')
  if (missing.length === 0) return
  throw new InvalidInputError(missing.map((name) => ({ field: `globalThis.${name}`, problem, remedy })))
}
