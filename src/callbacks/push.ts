import { checkSign, type SignVerdict } from '../vod/callbackSign.js'
import type { Hint } from '../vod/hint.js'
import { openSessionContext, type StepAddress } from '../vod/token.js'
import type { Delivered } from './deliver.js'
import { parseEvent, type TaskEvent } from './event.js'
import { hintOf } from './hintOf.js'
import { Holds } from './hold.js'
import { createOnce } from './once.js'
import { createPassOn } from './others.js'
import { PerStep } from './perStep.js'
import { defaultLimits, type PushHandlerOptions } from './pushOptions.js'
import { BodyReader } from './read.js'
import { type PushCounts, Verdicts } from './verdicts.js'
import { within } from './within.js'

/** Mounts in any framework that speaks the web's Request and Response. */
export interface PushHandler {
  (request: Request): Promise<Response>
  /** How many requests came to what, since the start. */
  counts(): PushCounts
}

/** Hints remembered at once: some 3 MB. */
const maxRemembered = 10_000
/** So many bodies of the largest size are read at once: 32 MiB. */
const maxLargeBodies = 128
/** Events of others that are passed on at once: whoever sends them must not take all connections and memory while that is slow. */
const maxPassing = 128
const retryMs = 500
const attemptMs = 2_500

/**
 * Takes VOD's callbacks. The body is evidence of nothing: a valid token says which step to wake, and the step
 * reads the task itself. Answers 200 only after Temporal has the signal.
 *
 * The handler never rejects. It answers 500 with the remedy when something before it has read the request's body.
 *
 * @throws InvalidInputError when `forwardTo` is not a URL that can be posted to.
 */
export function createPushHandler(options: PushHandlerOptions): PushHandler {
  const { keys, deliver, signKey, logger, onOther, forwardTo } = options
  const limits = { ...defaultLimits, ...options.limits }
  const { maxBytes, readMs, maxHeld, heldAfterMs, holdMs, onceMs, maxPerStep } = limits
  const verdicts = new Verdicts(logger)
  const bodies = new BodyReader({ maxBytes, timeoutMs: readMs, maxTotalBytes: maxLargeBodies * maxBytes })
  const holds = new Holds({ max: maxHeld, afterMs: heldAfterMs, untilMs: holdMs, retryMs })
  const once = createOnce<Delivered>({ forMs: onceMs, maxKeys: maxRemembered })
  const perStep = new PerStep({ max: maxPerStep, maxKeys: maxRemembered })
  const passOn = createPassOn({ onOther, forwardTo, verdicts })
  let passing = 0

  const wake = async (address: StepAddress, task: TaskEvent): Promise<Response> => {
    const hint = hintOf(address, task, 'push')
    const fields = { TaskId: hint.TaskId, workflowId: address.workflowId }
    if (!perStep.take(stepOf(address))) return verdicts.answer('tooMany', fields)
    const attempt = () => once(onceKey(address, hint), () => within(attemptMs, deliver(address, hint)))
    const held = await holds.until(attempt)
    if ('result' in held) return verdicts.answer(held.result === 'delivered' ? 'delivered' : 'noRun', fields)
    const { gaveUp, problem } = held
    return verdicts.answer(gaveUp === 'full' ? 'overloaded' : 'unavailable', { ...fields, problem })
  }

  const handle = async (request: Request): Promise<Response> => {
    if (request.method !== 'POST') return verdicts.answer('badMethod')
    const read = await bodies.read(request)
    if ('unread' in read) return verdicts.answer(unreadVerdicts[read.unread])
    const json = parseJson(read.body)
    const parsed = parseEvent(json)
    if (!parsed) return verdicts.answer('unparsable')
    const { event, task } = parsed
    const fields = { EventType: event.EventType.slice(0, 64) }
    const sign = signKey === undefined ? 'good' : signOf(request, { SignKey: signKey, body: event })
    const opened = task ? openSessionContext(task.SessionContext, keys) : undefined
    if (opened?.verdict === 'forged') return verdicts.answer('forged', fields)
    if (task && opened?.verdict === 'ours') {
      if (sign !== 'good')
        verdicts.note('badSign', { ...fields, sign }, 'the Sign of an event with a valid token is not good')
      return wake(opened.address, task)
    }
    if (sign !== 'good') return verdicts.answer('badSign', { ...fields, sign })
    if (passing === maxPassing) return verdicts.answer('overloaded', fields)
    passing++
    await passOn({ event, request, body: read.body })
    passing--
    return verdicts.answer('foreign', fields)
  }

  return Object.assign(handle, { counts: () => verdicts.counts() })
}

const unreadVerdicts = {
  'already-read': 'alreadyRead',
  'too-large': 'tooLarge',
  'too-slow': 'tooSlow',
  'broken-off': 'brokenOff',
} as const

function signOf(
  request: Request,
  { SignKey, body }: { SignKey: string; body: Readonly<Record<string, unknown>> },
): SignVerdict {
  const query = new URL(request.url).searchParams
  const header = (name: string) => request.headers.get(name)
  return checkSign({ body, query, header }, { SignKey, now: Date.now() })
}

/** A terminal hint is the same whatever progress it shows. */
function onceKey(
  { namespace, workflowId }: StepAddress,
  { SessionId, TaskId, terminal, percent }: Hint,
): string {
  const shown = terminal ? null : percent
  return JSON.stringify([namespace, workflowId, SessionId, TaskId, terminal, shown])
}

function stepOf({ namespace, workflowId, SessionId }: StepAddress): string {
  return JSON.stringify([namespace, workflowId, SessionId])
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
