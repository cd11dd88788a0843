import { batchDefaults } from '../batch.js'
import { batchInput } from '../inputs.js'
import { valid, withDefaults } from '../valid.js'

/** The input of a batch with its defaults. */
export type ParsedBatch = ReturnType<typeof parseBatch>

/** @throws InvalidInputError that names every wrong field, with a remedy. */
export function parseBatch(value: unknown) {
  return withDefaults(valid(batchInput, value), batchDefaults)
}
