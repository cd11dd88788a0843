import { durationsIn } from '../contract/duration.js'
import type { TaskHint } from '../contract/hint.js'
import type { StepAddress } from '../contract/seal/token.js'
import { secretOf } from '../contract/secret.js'
import { cut } from '../contract/text.js'
import { valid } from '../contract/valid.js'
import { within } from '../contract/within.js'
import { doctorEvent } from '../vod/eventTypes.js'
import { BodyReader } from './bodyReader.js'
import { pushHandlerOptions } from './checks.js'
import type { DeliveryResult } from './deliver.js'
import { checkedResult } from './delivered.js'
import type { ForeignEvent } from './foreignEvent.js'
import { Holds } from './hold.js'
import { totalLogger } from './logger.js'
import { createOnce } from './once.js'
import { isInvalid, type OpenedEvent, openEvent } from './openEvent.js'
import { createPassOn } from './passOn.js'
import { defaultLimits, type PushHandlerOptions, type PushLimits } from './pushOptions.js'
import { type PushCounts, Verdicts } from './responses.js'
import { warnOfUnknownKey } from './unknownKey.js'
import { webClasses } from './web.js'

/** Handles a web Request. It mounts in any framework that uses the web's Request and Response. */
export interface PushHandler {
  /** Handles one request, and returns the answer for VOD. */
  (request: Request): Promise<Response>
  /** Returns the number of requests for each result, since the start. */
  counts(): PushCounts
}

/** Number of hints that are remembered: about 3 MB. */
const maxRemembered = 10_000
/** Number of bodies of the largest size that are read at the same time: 32 MiB. */
const maxLargeBodies = 128
/** Number of foreign events that are passed on at the same time. If that is slow, they must not use up all connections and memory. */
const maxPassing = 128
const retryMs = 500
const attemptMs = 2_500

/**
 * Returns a handler for VOD's callbacks. It does not trust the body: a valid token says which step to wake, and the step
 * reads the task itself. It answers 200 only after Temporal has the signal.
 *
 * The handler never rejects. It answers 500 with the remedy if something before it has read the request's body, and 500 after an
 * unexpected error.
 *
 * @throws InvalidInputError that names an option which is unknown or of the wrong kind, e.g. a `forwardTo` that is not a URL. It also throws
 *   if Node runs without `Request`, `Response` and `fetch`, or something has replaced them.
 */
export function createPushHandler(options: PushHandlerOptions): PushHandler {
  const { keys, deliver, logger, onOther, forwardTo } = valid(pushHandlerOptions, options)
  const signKey = options.signKey === undefined ? undefined : secretOf('signKey', options.signKey)
  const limits = durationsIn<PushLimits>('limits', options.limits, defaultLimits)
  const { maxBytes, bodyTimeout, maxHeld, holdAfter, holdTimeout, deduplicationWindow } = limits
  const verdicts = new Verdicts(logger, webClasses())
  const bodies = new BodyReader({
    maxBytes,
    timeoutMs: bodyTimeout,
    maxTotalBytes: maxLargeBodies * maxBytes,
  })
  const holds = new Holds({ max: maxHeld, afterMs: holdAfter, untilMs: holdTimeout, retryMs })
  const once = createOnce<DeliveryResult>({ forMs: deduplicationWindow, maxKeys: maxRemembered })
  const passOn = createPassOn({ onOther, forwardTo, verdicts })
  const warnOf = warnOfUnknownKey(totalLogger(logger))
  let passing = 0

  const wake = async (address: StepAddress, hint: TaskHint): Promise<Response> => {
    const fields = { TaskId: hint.TaskId, workflowId: address.workflowId }
    const attempt = () => once(onceKey(address, hint), () => within(attemptMs, deliver(address, hint)))
    const held = await holds.until(attempt)
    if ('result' in held) return verdicts.answer(deliveredVerdicts[checkedResult(held.result)], fields)
    const { gaveUp, problem } = held
    return verdicts.answer(gaveUp === 'full' ? 'overloaded' : 'unavailable', { ...fields, problem })
  }

  const handle = async (request: Request): Promise<Response> => {
    if (request.method !== 'POST') return verdicts.answer('badMethod')
    const read = await bodies.read(request)
    if ('unread' in read) return verdicts.answer(unreadVerdicts[read.unread])
    const { url, headers } = request
    const opened = await openEvent(read.body, keys, {
      contentType: headers.get('content-type') ?? undefined,
      contentEncoding: headers.get('content-encoding') ?? undefined,
      maxBytes,
      signKey,
      url,
      headers,
    })
    return receive(opened, request)
  }

  const receive = async (opened: OpenedEvent, request: Request): Promise<Response> => {
    switch (opened.kind) {
      case 'malformed':
        if (opened.problem === 'too large') return verdicts.answer('tooLarge')
        return onOther || forwardTo !== undefined
          ? forward(opened.event, request)
          : verdicts.answer('unparsable')
      case 'forged':
        return opened.problem === 'Sign'
          ? verdicts.answer('badSign', { ...fieldsOf(opened), signIs: opened.sign })
          : verdicts.answer('forged', fieldsOf(opened))
      case 'ours':
        if (isInvalid(opened.sign))
          verdicts.note(
            'badSign',
            { ...fieldsOf(opened), signIs: opened.sign },
            'the Sign of an event with a valid token is invalid',
          )
        return wake(opened.address, opened.hint)
      case 'foreign':
        warnOf(opened)
        return forward(opened.event, request)
    }
  }

  const forward = async (event: ForeignEvent, request: Request): Promise<Response> => {
    const fields = fieldsOf(event)
    if (event.EventType === doctorEvent) return verdicts.answer('foreign', fields)
    if (passing === maxPassing) return verdicts.answer('overloaded', fields)
    passing++
    try {
      await passOn({ event, request })
    } finally {
      passing--
    }
    return verdicts.answer('foreign', fields)
  }

  const handleAny = (request: Request): Promise<Response> =>
    handle(request).catch((error: unknown) =>
      verdicts.answer('failed', { problem: error instanceof Error ? error.message : String(error) }),
    )

  return Object.assign(handleAny, { counts: () => verdicts.counts() })
}

const unreadVerdicts = {
  'already-read': 'alreadyRead',
  'too-large': 'tooLarge',
  'too-slow': 'tooSlow',
  'broken-off': 'brokenOff',
} as const

const deliveredVerdicts = {
  delivered: 'delivered',
  crowded: 'crowded',
  'no-run': 'noRun',
  'other-namespace': 'noRun',
} as const

function fieldsOf({ EventType }: { readonly EventType: string }): { readonly EventType: string } {
  return { EventType: cut(EventType, 64) }
}

function onceKey(
  { namespace, workflowId }: StepAddress,
  { SessionId, TaskId, terminal, percent }: TaskHint,
): string {
  return JSON.stringify([namespace, workflowId, SessionId, TaskId, terminal, percent])
}
