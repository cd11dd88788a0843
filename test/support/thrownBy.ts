import { inspect } from 'node:util'
import { expect } from 'vitest'

/** All that an error shows. */
export function thrownBy(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return inspect(error, { depth: 9 }) + JSON.stringify(error)
  }
  return expect.unreachable()
}
