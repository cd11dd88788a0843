import { returnedText } from '../contract/check.js'
import { InvalidInputError } from '../contract/errors.js'
import type { DeliveryResult } from './deliver.js'

const results = ['delivered', 'crowded', 'no-run', 'other-namespace'] as const satisfies DeliveryResult[]

/**
 * Checks what a delivery of a user has resolved with, because another value says nothing of the event.
 *
 * @throws InvalidInputError that shows the value.
 */
export function checkedResult(returned: unknown): DeliveryResult {
  const result = results.find((each) => each === returned)
  if (result !== undefined) return result
  const remedy = `return the result of createDelivery, or one of ${results.join(', ')}`
  throw new InvalidInputError([{ field: 'deliver', problem: returnedText(returned), remedy }])
}
