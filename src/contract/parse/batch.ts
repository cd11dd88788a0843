import { batchDefaults } from '../batch.js'
import { batchInput } from '../inputs.js'
import { filled, valid } from '../valid.js'

/** The input of a batch with its defaults. */
export type ParsedBatch = ReturnType<typeof parseBatch>

/** @throws InvalidInputError that names every wrong field, with a remedy. */
export function parseBatch(value: unknown) {
  return filled(valid(batchInput, value), batchDefaults)
}
