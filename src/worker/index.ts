export { parseMacKeys } from '../vod/macKeys.js'
export type { MacKeys } from '../vod/token.js'
export type { Accounts } from './accounts.js'
export { createVodflowWorker, type VodflowWorker, type VodflowWorkerOptions } from './worker.js'
