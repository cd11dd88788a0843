import { expect } from 'vitest'
import { InvalidInputError } from '../../src/contract/errors.js'

/** What creates a thing from options, and good ones. */
export interface Maker {
  readonly make: (options: never) => unknown
  readonly good: object
}

/** Makes a thing with these options in place of good ones, and returns the refusal. */
export async function refusalOf({ make, good }: Maker, given: object): Promise<InvalidInputError> {
  try {
    await make({ ...good, ...given } as never)
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError)
    return error as InvalidInputError
  }
  return expect.unreachable(`${JSON.stringify(given)} was taken`)
}
