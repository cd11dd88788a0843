import type { WorkerOptions } from '@temporalio/worker'
import { payloadEncryption, VodflowPlugin } from 'vodflow/worker'

const { VODFLOW_PAYLOAD_KEYS: payloadKeys } = process.env

/** Add these to the other options of Worker.create. */
export const encrypted = {
  // Without keys, as in development, payloads are not encrypted.
  ...(payloadKeys ? { dataConverter: payloadEncryption(payloadKeys) } : {}),
  plugins: [new VodflowPlugin({ servedElsewhere: ['default'] })],
} satisfies Partial<WorkerOptions>
