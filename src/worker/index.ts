/** The worker, for the process that does the work and has the Tencent keys. */
export type { WebhookEndpoint, WebhookEndpoints } from '../activities/index.js'
export { VodflowError } from '../base/vodflowError.js'
export type { Duration, DurationUnit } from '../contract/duration.js'
export { type ErrorClass, type FieldProblem, InvalidInputError, VodError } from '../contract/errors.js'
export type * from '../contract/requests.js'
export { type MacKey, type MacKeys, parseMacKeys } from '../contract/seal/macKeys.js'
export type { SweepTimes } from '../contract/sweep.js'
export { encryptionFromEnv, payloadEncryption } from '../temporal/encryption.js'
export {
  type ApiCall,
  createVodClient,
  type VodClient,
  type VodClientOptions,
  type VodRequestOptions,
} from '../vod/client.js'
export type { SecretKeys, VodCredentials } from '../vod/credentials.js'
export type * from '../vod/requests.js'
export type * from '../vod/responses.js'
export type { VodAccounts } from './accounts.js'
export { WorkerNotEndedError } from './endsInTime.js'
export { type GaugeOptions, watchGauges } from './gauges.js'
export { VodflowPlugin } from './plugin.js'
export type { ServedElsewhere, ServedHere, VodflowPluginOptions, VodTracing } from './pluginOptions.js'
export { prometheusMetrics } from './runtime.js'
export { createVodflowWorker, type VodflowWorker, type VodflowWorkerOptions } from './worker.js'
