/** For the process that does the work: it has the Tencent keys. */
export type { WebhookEndpoint, WebhookEndpoints } from '../activities/index.js'
export type { VodClientOptions } from '../vod/client.js'
export type { Credentials, SecretKeys } from '../vod/credentials.js'
export { type MacKeys, parseMacKeys } from '../vod/macKeys.js'
export type { Accounts } from './accounts.js'
export { VodflowPlugin } from './plugin.js'
export type { ServedElsewhere, ServedHere, VodflowPluginOptions } from './pluginOptions.js'
export { createVodflowWorker, type VodflowWorker, type VodflowWorkerOptions } from './worker.js'
