import type { Worker } from '@temporalio/worker'
import { payloadEncryption } from '../temporal/encryption.js'
import { payloadReader, payloadsOf } from '../temporal/payloads.js'
import * as sdk from './sdk.js'

type PayloadReading = Pick<Worker['options'], 'namespace' | 'loadedDataConverter'>

/**
 * Warns when a worker starts that has VODFLOW_PAYLOAD_KEYS in its environment, and a data converter without these keys. `connect` reads the
 * variable, so the worker could not read the runs that it starts.
 */
export async function warnOfPayloadKeys(reading: PayloadReading): Promise<void> {
  const keys = process.env.VODFLOW_PAYLOAD_KEYS
  if (!keys || (await reads(reading, keys))) return
  sdk.Runtime.instance().logger.warn('VODFLOW_PAYLOAD_KEYS is set, and the data converter does not use it', {
    problem: 'this worker cannot read what clients encrypt with these keys, and may write plain text',
    remedy:
      'pass dataConverter: payloadEncryption(process.env.VODFLOW_PAYLOAD_KEYS) to the worker, or unset the variable',
  })
}

async function reads({ namespace, loadedDataConverter }: PayloadReading, keys: string): Promise<boolean> {
  const sample = 'vodflow-check'
  const owner = { type: 'workflow', namespace, workflowId: sample } as const
  try {
    const { payloadCodecs = [] } = payloadEncryption(keys)
    const [payload] = await payloadsOf(sample, owner, {
      loadedDataConverter: { ...loadedDataConverter, payloadCodecs },
    })
    return payload !== undefined && (await payloadReader({ loadedDataConverter })(payload, owner)) === sample
  } catch {
    return false
  }
}
