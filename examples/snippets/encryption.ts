import type { WorkerOptions } from '@temporalio/worker'
import { payloadEncryption, VodflowPlugin } from 'vodflow/worker'

/** Add these to the other options of Worker.create. */
export const encrypted = {
  dataConverter: payloadEncryption(process.env.VODFLOW_PAYLOAD_KEYS),
  plugins: [new VodflowPlugin({ servedElsewhere: ['default'] })],
} satisfies Partial<WorkerOptions>
