import { checkSign } from '../vod/callbackSign.js'
import type { Hint } from '../vod/hint.js'
import type { EventContent } from '../vod/schemas/events.js'
import { type MacKeys, openSessionContext, type StepAddress } from '../vod/token.js'
import type { Deliver, Delivered } from './deliver.js'
import { parseEvent, taskEventOf } from './event.js'
import { Holds } from './hold.js'
import { createOnce } from './once.js'
import { readText } from './read.js'

/** What became of a request. `badSign` is counted besides, where a SignKey is set. */
export type Verdict =
  | 'delivered'
  | 'noRun'
  | 'forged'
  | 'foreign'
  | 'unparsable'
  | 'unavailable'
  | 'tooLarge'
  | 'tooSlow'
  | 'badMethod'
  | 'badSign'

/** pino's, or any like it. */
export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface PushHandlerOptions {
  /** The same keys as the worker's; no Tencent key is needed here. */
  readonly keys: MacKeys
  readonly deliver: Deliver
  /** The SignKey of ModifyEventConfig. A bad Sign of an event with a valid token is only counted: a hint cannot harm. */
  readonly signKey?: string
  /** Gets every event that is not ours: a sub-app has one callback address. Its failure is logged. */
  readonly onOther?: (event: EventContent) => void | Promise<void>
  /** The URL that gets every event that is not ours, with its body as it came. */
  readonly forwardTo?: string
  /** Default: none. */
  readonly logger?: Logger
  readonly limits?: Partial<PushLimits>
}

export interface PushLimits {
  /** Default 256 KiB. VOD's events are a few KB. */
  readonly maxBytes: number
  /** A body must be here by then, ms. Default 3,000. */
  readonly readMs: number
  /** Requests held at once while Temporal does not answer. Default 256. */
  readonly maxHeld: number
  /** How long one is held, ms. Default 6,000: VOD sends again after 5 s without an answer, and only then. */
  readonly holdMs: number
  /** The same hint within this time is one signal, ms. Default 60,000. */
  readonly onceMs: number
}

const defaultLimits: PushLimits = {
  maxBytes: 256 * 1024,
  readMs: 3_000,
  maxHeld: 256,
  holdMs: 6_000,
  onceMs: 60_000,
}
const maxRemembered = 10_000
const retryMs = 500
const forwardTimeoutMs = 3_000

/** Mounts in any framework that speaks the web's Request and Response. */
export interface PushHandler {
  (request: Request): Promise<Response>
  /** How many of each since the start. */
  counts(): Readonly<Record<Verdict, number>>
}

/**
 * Takes VOD's callbacks. The body is evidence of nothing: a valid token says which step to wake, and the step
 * reads the task itself. Answers 200 only after Temporal has the signal.
 */
export function createPushHandler(options: PushHandlerOptions): PushHandler {
  const { keys, deliver, signKey, logger } = options
  const limits = { ...defaultLimits, ...options.limits }
  const counts = zeroCounts()
  const holds = new Holds({ max: limits.maxHeld, untilMs: limits.holdMs, retryMs })
  const once = createOnce<Delivered>({ forMs: limits.onceMs, maxKeys: maxRemembered })

  const answer = (verdict: Verdict, fields: object = {}): Response => {
    counts[verdict]++
    const [status, text, quiet] = answers[verdict]
    logger?.[quiet ? 'info' : 'warn']({ verdict, ...fields }, text)
    return new Response(`${text}\n`, { status, headers: { 'content-type': 'text/plain' } })
  }

  const handle = async (request: Request): Promise<Response> => {
    if (request.method !== 'POST') return answer('badMethod')
    const read = await readText(request, { maxBytes: limits.maxBytes, timeoutMs: limits.readMs })
    if ('unread' in read) return answer(read.unread === 'too-large' ? 'tooLarge' : 'tooSlow')
    const body = parseJson(read.text)
    const event = parseEvent(body)
    if (!event) return answer('unparsable')
    const { EventType } = event
    if (signKey !== undefined) noteSign(request, body as Record<string, unknown>, EventType)
    const task = taskEventOf(event)
    const opened = task ? openSessionContext(task.SessionContext, keys) : ({ verdict: 'foreign' } as const)
    if (opened.verdict === 'forged') return answer('forged', { EventType })
    if (opened.verdict === 'foreign' || !task) {
      await passOn(event, read.text)
      return answer('foreign', { EventType })
    }
    const { address } = opened
    const { chain, key, attempt, workflowId } = address
    const { TaskId, terminal, percent } = task
    const hint: Hint = {
      v: 1,
      chain,
      key,
      attempt,
      TaskId,
      terminal,
      ...(percent === undefined ? {} : { percent }),
    }
    const delivered = await holds.until(() => once(onceKey(address, hint), () => deliver(address, hint)))
    const fields = { EventType, TaskId, workflowId }
    if (delivered === undefined) return answer('unavailable', fields)
    return answer(delivered === 'delivered' ? 'delivered' : 'noRun', fields)
  }

  function noteSign(request: Request, body: Record<string, unknown>, EventType: string): void {
    const places = {
      body,
      query: new URL(request.url).searchParams,
      header: (name: string) => request.headers.get(name),
    }
    const sign = checkSign(places, { SignKey: signKey as string, now: Date.now() })
    if (sign === 'good') return
    counts.badSign++
    logger?.warn({ verdict: 'badSign', sign, EventType }, 'the Sign of a callback is not good')
  }

  async function passOn(event: EventContent, text: string): Promise<void> {
    const { EventType } = event
    try {
      await options.onOther?.(event)
      if (options.forwardTo === undefined) return
      const headers = { 'content-type': 'application/json' }
      await fetch(options.forwardTo, {
        method: 'POST',
        headers,
        body: text,
        signal: AbortSignal.timeout(forwardTimeoutMs),
      })
    } catch (error) {
      logger?.warn(
        { EventType, problem: error instanceof Error ? error.message : 'unknown' },
        'an event of others could not be passed on',
      )
    }
  }

  return Object.assign(handle, { counts: () => ({ ...counts }) })
}

/** HTTP status, what the sender is told, and whether it is an everyday thing. */
const answers: Readonly<Record<Verdict, readonly [status: number, text: string, quiet: boolean]>> = {
  delivered: [200, 'delivered', true],
  noRun: [200, 'no run waits for this event (any more)', true],
  foreign: [200, 'not an event of this system', true],
  forged: [403, 'the token of this event is not valid', false],
  unparsable: [400, 'the body is not an event of VOD', false],
  tooLarge: [413, 'the body is too large for an event of VOD', false],
  tooSlow: [408, 'the body did not arrive in time', false],
  badMethod: [405, 'events are sent by POST', false],
  unavailable: [503, 'the event cannot be stored now; send it again', false],
  badSign: [403, 'the Sign of this event is not valid', false],
}

function zeroCounts(): Record<Verdict, number> {
  return Object.fromEntries(Object.keys(answers).map((verdict) => [verdict, 0])) as Record<Verdict, number>
}

function onceKey(
  { workflowId }: StepAddress,
  { chain, key, attempt, TaskId, terminal, percent }: Hint,
): string {
  return JSON.stringify([workflowId, chain, key, attempt, TaskId, terminal, terminal ? null : percent])
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
