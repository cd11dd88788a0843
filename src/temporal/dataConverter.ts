import type { DataConverter, PayloadCodec } from '@temporalio/common'
import { anything, type Check, exactly, list, optional, text, withFunctions } from '../contract/check.js'

const path = text({
  pattern: /./,
  problem: 'is empty',
  remedy: 'pass the path of the file with the converter',
})

const codecRemedy = 'pass a list of codecs, e.g. the payloadCodecs of payloadEncryption(keys)'
const codecs = list(withFunctions<PayloadCodec>(['encode', 'decode'], codecRemedy), { remedy: codecRemedy })

const payloadCodecs: Check<PayloadCodec[] | undefined> = function* (value = []) {
  yield* codecs(value)
  if (!process.env.VODFLOW_PAYLOAD_KEYS || !Array.isArray(value) || value.length > 0) return
  yield {
    field: '',
    problem: 'has no codec, but VODFLOW_PAYLOAD_KEYS is set',
    remedy:
      'pass the payloadCodecs of payloadEncryption(process.env.VODFLOW_PAYLOAD_KEYS), or unset the variable',
  }
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
