import type { DataConverter, PayloadCodec } from '@temporalio/common'
import { anything, type Check, exactly, list, optional, text, withFunctions } from '../contract/check.js'
import type { FieldProblem } from '../contract/errors.js'

const path = text({
  pattern: /./,
  problem: 'is empty',
  remedy: 'pass the path of the file with the converter',
})

const codecRemedy = 'pass a list of codecs, e.g. the payloadCodecs of payloadEncryption(keys)'
const codecs = list(withFunctions<PayloadCodec>(['encode', 'decode'], codecRemedy), { remedy: codecRemedy })

const payloadCodecs: Check<PayloadCodec[] | undefined> = function* (value = []) {
  yield* codecs(value)
  yield* lackOfCodecs(value, 'the payloadCodecs of payloadEncryption(process.env.VODFLOW_PAYLOAD_KEYS)')
}

/** Yields a problem if VODFLOW_PAYLOAD_KEYS is set and there is no codec, so that plain text would be written. */
export function* lackOfCodecs(given: unknown, pass: string): Generator<FieldProblem> {
  if (!process.env.VODFLOW_PAYLOAD_KEYS || !Array.isArray(given) || given.length > 0) return
  const problem = 'has no codec, but VODFLOW_PAYLOAD_KEYS is set'
  yield { field: '', problem, remedy: `pass ${pass}, or unset the variable` }
}

/** Checks a data converter by its members, because Temporal ignores a misspelled one and then writes plain text. */
export const dataConverter = exactly<DataConverter>(
  {
    payloadConverterPath: optional(path),
    failureConverterPath: optional(path),
    payloadCodecs,
    // Temporal checks it.
    externalStorage: anything,
  },
  'pass the result of payloadEncryption(keys)',
)

/** Checks the data converter of a worker. Without one, the worker writes plain JSON. */
export const dataConverterOfWorker: Check<DataConverter | undefined> = (value = {}) => dataConverter(value)
