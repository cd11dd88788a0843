/** The way in for VOD's callbacks. It needs a MAC key and Temporal, and no Tencent key. */
export { type MacKeys, parseMacKeys } from '../vod/macKeys.js'
export type { StepAddress } from '../vod/token.js'
export { createDelivery, type Deliver, type Delivered } from './deliver.js'
export {
  createPushHandler,
  type Logger,
  type PushHandler,
  type PushHandlerOptions,
  type PushLimits,
  type Verdict,
} from './push.js'
export { type CallbackServer, type CallbackServerOptions, startCallbackServer } from './server.js'
export { signedTestEvent, type TestEvent } from './testEvent.js'
