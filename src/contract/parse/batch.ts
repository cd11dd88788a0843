import { batchInput } from '../inputs.js'
import { filled, valid } from '../valid.js'

/** With the defaults filled in. */
export type ParsedBatch = ReturnType<typeof parseBatch>

/** @throws InvalidInputError that names every field that is wrong, and what to do about it. */
export function parseBatch(value: unknown) {
  return filled(valid(batchInput, value), {
    account: 'default',
    window: 100,
    TasksPriority: -1,
    skipDone: true,
    stopAtFailedPercent: 10,
    dryRun: false,
  })
}
