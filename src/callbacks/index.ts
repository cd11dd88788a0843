/** Receives VOD's callbacks. It needs a MAC key and Temporal, but no Tencent key. */

export { CannotListenError } from '../base/cannotListen.js'
export { VodflowError } from '../base/vodflowError.js'
export type { StepDelays } from '../contract/delays.js'
export type { Duration, DurationUnit } from '../contract/duration.js'
export { type FieldProblem, InvalidInputError } from '../contract/errors.js'
export type { HintSource, TaskHint } from '../contract/hint.js'
export type * from '../contract/requests.js'
export { type MacKey, type MacKeys, parseMacKeys } from '../contract/seal/macKeys.js'
export type { StepAddress } from '../contract/seal/token.js'
export type { UploadDelays, UploadMatch, UploadRuleInput, UploadWork } from '../contract/upload.js'
export type { SignVerdict } from '../vod/callbackSign.js'
export type { VodClient, VodRequestOptions } from '../vod/client.js'
export type * from '../vod/requests.js'
export type * from '../vod/responses.js'
export {
  createDelivery,
  type DeliverEvent,
  type DeliveryCounts,
  type DeliveryOptions,
  type DeliveryResult,
  type EventDelivery,
  reconnectOptions,
} from './deliver.js'
export type { ForeignEvent } from './foreignEvent.js'
export type { EventLogger } from './logger.js'
export { IncompleteBodyError, type NodeListener, toNodeListener } from './nodeHttp.js'
export {
  type EventOfOthers,
  type EventSign,
  type ForgedEvent,
  type MalformedEvent,
  type OpenEventOptions,
  type OpenedEvent,
  type OwnEvent,
  openEvent,
} from './openEvent.js'
export { createForward, NotForwardedError } from './passOn.js'
export {
  type PullCounts,
  type PullLimits,
  type PullLoop,
  type PullLoopOptions,
  startPullLoop,
} from './pull.js'
export { createPushHandler, type PushHandler } from './push.js'
export type { PushHandlerOptions, PushLimits } from './pushOptions.js'
export type { PushCounts, PushVerdict } from './responses.js'
export {
  type CallbackServer,
  type CallbackServerOptions,
  type FetchHandler,
  ServerEndedError,
  startCallbackServer,
} from './server.js'
export type { StepQuotaLimits } from './stepQuota.js'
export { signedTestEvent, type TestEventOptions } from './testEvent.js'
export {
  createUploadRule,
  TooManyUploadsError,
  type UploadCounts,
  type UploadRule,
  type UploadRuleOptions,
} from './uploadRule.js'
