import type { Client } from '@temporalio/client'
import {
  anything,
  type Check,
  callable,
  duration,
  exactly,
  oneOf,
  optional,
  otherThan,
  text,
  whole,
  withFunctions,
} from '../contract/check.js'
import { uploadRule } from '../contract/inputs.js'
import {
  aboveZeroRule,
  anyTextRule,
  durationRule,
  ownTextRule,
  subAppIdRule,
  wholeRule,
} from '../contract/patterns.js'
import { macKeys } from '../contract/seal/macKeys.js'
import type { DeliveryOptions } from './deliver.js'
import type { EventLogger } from './logger.js'
import type { OpenEventOptions } from './openEvent.js'
import type { PullLimits, PullLoopOptions } from './pull.js'
import type { PushHandlerOptions, PushLimits } from './pushOptions.js'
import type { CallbackServerOptions } from './server.js'
import type { StepQuotaLimits } from './stepQuota.js'
import type { UploadRuleOptions } from './uploadRule.js'

/*
 * Checks of the options of this room. A program without types can pass anything, and a wrong option would otherwise show only when the first
 * event arrives. No problem contains a value that may be a secret.
 */

const logger = optional(
  withFunctions<EventLogger>(
    ['info', 'warn'],
    'pass a logger with the functions info and warn, such as pino',
  ),
)
const clientWith = (...names: readonly string[]) =>
  withFunctions<Client>(names, 'pass a Client of @temporalio/client, e.g. the client of connect()')
const deliver = callable<PushHandlerOptions['deliver']>('pass the result of createDelivery({ client })')

const time = optional(duration(durationRule))
const size = optional(whole(aboveZeroRule))

export const handler = callable<CallbackServerOptions['handler']>('pass the result of createPushHandler')

export const pushHandlerOptions = exactly<PushHandlerOptions>(
  {
    keys: macKeys,
    deliver,
    // These two have checks of their own, which know what may be shown of them.
    signKey: anything,
    forwardTo: anything,
    onOther: optional(callable()),
    logger,
    limits: optional(
      exactly<PushLimits>({
        maxBytes: size,
        bodyTimeout: time,
        maxHeld: optional(whole(wholeRule)),
        holdAfter: time,
        holdTimeout: time,
        deduplicationWindow: time,
      }),
    ),
  },
  'pass { keys, deliver }',
)

export const deliveryOptions = exactly<DeliveryOptions>(
  {
    client: clientWith('withDeadline', 'workflow.getHandle'),
    limits: optional(exactly<StepQuotaLimits>({ maxHistory: size, slotLength: time })),
    logger,
  },
  'pass { client }',
)

export const serverOptions = exactly<CallbackServerOptions>(
  {
    handler,
    port: whole({ least: 0, most: 65_535, remedy: 'pass a port from 1 to 65535, or 0 for any free one' }),
    host: optional(text({ ...anyTextRule, remedy: 'pass a host name or an address' })),
    maxConnections: size,
    logger,
  },
  'pass { handler, port }',
)

const foreign: Check<NonNullable<PullLoopOptions['foreign']>> = function* (value) {
  if (value === 'leave' || value === 'confirm' || typeof value === 'function') return
  yield {
    field: '',
    problem: typeof value === 'string' ? 'is not a known value' : otherThan('a function', value),
    remedy: 'pass leave, confirm or a function',
  }
}

export const pullLoopOptions = exactly<PullLoopOptions>(
  {
    vod: withFunctions(['call'], 'pass the result of createVodClient'),
    SubAppId: optional(whole(subAppIdRule)),
    keys: macKeys,
    deliver,
    foreign: optional(foreign),
    logger,
    limits: optional(exactly<PullLimits>({ signalTimeout: time, foreignTimeout: time, idlePause: time })),
  },
  'pass { vod, keys, deliver }',
)

export const uploadRuleOptions = exactly<UploadRuleOptions>(
  { client: clientWith('workflow.start'), rule: uploadRule, maxPerSecond: size, maxWaiting: size, logger },
  'pass { client, rule }',
)

export const eventBody: Check<string | Uint8Array | ArrayBuffer> = function* (value) {
  if (typeof value === 'string' || ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return
  const remedy = 'pass the body as VOD sent it, before anything parses it'
  yield { field: '', problem: otherThan('text or bytes', value), remedy }
}

const ownText = text(ownTextRule)

export const openEventOptions = exactly<OpenEventOptions>(
  {
    contentType: optional(ownText),
    contentEncoding: optional(ownText),
    maxBytes: size,
    via: optional(oneOf(['push', 'pull'])),
    // It has a check of its own, which knows what may be shown of it.
    signKey: anything,
    url: optional(ownText),
    headers: optional(
      withFunctions<NonNullable<OpenEventOptions['headers']>>([], 'pass the headers of the request'),
    ),
  },
  'pass { contentType, contentEncoding, signKey, url, headers }, or leave it out',
)
