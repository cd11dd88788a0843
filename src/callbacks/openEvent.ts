import type { HintSource, TaskHint } from '../contract/hint.js'
import { object } from '../contract/json.js'
import { type MacKeys, macKeys } from '../contract/seal/macKeys.js'
import type { StepAddress } from '../contract/seal/token.js'
import { secretOf } from '../contract/secret.js'
import { valid } from '../contract/valid.js'
import { checkSign, type SignVerdict } from '../vod/callbackSign.js'
import { isVodEvent } from '../vod/eventTypes.js'
import { eventBody, openEventOptions } from './checks.js'
import { classify, type TaskEvent, typeOf, typesOf } from './event.js'
import type { ForeignEvent } from './foreignEvent.js'
import { parseBody } from './parseBody.js'
import { defaultLimits } from './pushOptions.js'
import { remedyForWrapped } from './wrapped.js'

/** Options of {@link openEvent}: what else came with the body. */
export interface OpenEventOptions {
  /** The Content-Type header. Default `application/json`. */
  readonly contentType?: string | undefined
  /** The Content-Encoding header: `gzip`, `deflate` or `br`. Default: none. */
  readonly contentEncoding?: string | undefined
  /** Maximum size of the body in bytes, as received and decompressed. Default 256 KiB. VOD's events are a few KB. */
  readonly maxBytes?: number | undefined
  /** Says in the hint and in metrics how the event came. Default `push`. */
  readonly via?: Exclude<HintSource, 'sweep'> | undefined
  /** The SignKey of ModifyEventConfig. An event of a VOD type without a valid Sign and without a valid token is then `forged`. */
  readonly signKey?: string | undefined
  /** The URL to which VOD posted the event, or its path and query. The query may contain the Sign. */
  readonly url?: string | undefined
  /** The headers of the request, which may contain the Sign. */
  readonly headers?: Headers | Readonly<Record<string, string>> | undefined
}

/** The state of VOD's Sign of an event. `unchecked`: no SignKey was given. */
export type EventSign = SignVerdict | 'unchecked'

/** An event for a step: pass `address` and `hint` to a delivery. */
export interface OwnEvent {
  /** The event has a valid token. */
  readonly kind: 'ours'
  /** VOD's EventType, e.g. `ProcedureStateChanged`. */
  readonly EventType: string
  /** The step that its token names. */
  readonly address: StepAddress
  /** The task to read. */
  readonly hint: TaskHint
  /** The state of VOD's Sign. A wrong Sign is no reason to refuse the hint, which can do no harm. */
  readonly sign: EventSign
}

/** An event without a valid token. */
export interface EventOfOthers {
  /** The event is for another receiver. */
  readonly kind: 'foreign'
  /** VOD's EventType. Empty if the event has none. */
  readonly EventType: string
  /**
   * The id of the MAC key in its token, if the token has vodflow's format and the key is not one of `keys`: it is the event of another
   * deployment, or the worker signs with a key that this process does not have.
   */
  readonly unknownKey?: string
  /** What to pass instead, if the body seems to be an envelope around an event, such as a message of SQS. */
  readonly remedy?: string
  /** The event as received. */
  readonly event: ForeignEvent
}

/** An event to refuse. */
export interface ForgedEvent {
  /** The event was not sent by VOD, or was changed. */
  readonly kind: 'forged'
  /** The EventType that it claims. */
  readonly EventType: string
  /** `token`: its token names one of the keys, and has a wrong MAC. `Sign`: it is of a VOD type, and VOD did not sign it. */
  readonly problem: 'token' | 'Sign'
  /** The state of VOD's Sign. */
  readonly sign: EventSign
}

/** A body that is no event. */
export interface MalformedEvent {
  /** The body cannot be read. */
  readonly kind: 'malformed'
  /** The reason. */
  readonly problem: 'not JSON' | 'too large'
  /** What to do first, if the body seems to be base64 of an event. */
  readonly remedy?: string
  /** The body as received. */
  readonly event: ForeignEvent
}

/** The result of {@link openEvent}. */
export type OpenedEvent = OwnEvent | EventOfOthers | ForgedEvent | MalformedEvent

/**
 * Verifies and parses one event of VOD. Use it where an event arrives in another way than by a request or by VOD's queue: in a serverless
 * function, or from a queue of yours. `createPushHandler` and `startPullLoop` judge events in the same way.
 *
 * It trusts the token only, which says which step to wake. The step reads the task itself.
 *
 * @param body - the bytes as VOD sent them, or their text.
 * @param keys - the same keys as the worker's.
 * @throws InvalidInputError that names an option which is unknown or of the wrong kind, or if the body is neither text nor bytes
 * @example
 * const opened = await openEvent(message.body, keys)
 * if (opened.kind === 'ours') await deliver(opened.address, opened.hint)
 */
export async function openEvent(
  body: string | Uint8Array | ArrayBuffer,
  keys: MacKeys,
  options: OpenEventOptions = {},
): Promise<OpenedEvent> {
  valid(eventBody, body, 'body')
  valid(macKeys, keys, 'keys')
  valid(openEventOptions, options, 'options')
  const { contentType = 'application/json', contentEncoding, maxBytes = defaultLimits.maxBytes } = options
  const signKey = options.signKey === undefined ? undefined : secretOf('signKey', options.signKey)
  const bytes = bytesOf(body)
  const received = { body: bytes, contentType }
  const sent = contentEncoding === undefined ? {} : { contentEncoding }
  const parsed =
    bytes.length > maxBytes
      ? 'too-large'
      : await parseBody({ body: bytes, encoding: contentEncoding ?? null }, maxBytes)
  if (parsed === 'too-large') {
    const event = { ...received, ...sent, EventType: '', json: undefined }
    return { kind: 'malformed', problem: 'too large', event }
  }
  const { json, encoding } = parsed
  const encoded = encoding === undefined ? {} : { contentEncoding: encoding }
  const event = { EventType: typeOf(json), json, ...received, ...encoded }
  const wrapped = () => {
    const remedy = remedyForWrapped(bytes, json)
    return { event, ...(remedy === undefined ? {} : { remedy }) }
  }
  if (json === undefined) return { kind: 'malformed', problem: 'not JSON', ...wrapped() }
  const sign = signKey === undefined ? 'unchecked' : signOf(json, { ...options, signKey })
  const judged = judge(json, { keys, sign, via: options.via ?? 'push' })
  return judged.kind === 'foreign' ? { ...judged, ...wrapped() } : judged
}

/** Judges an event that is parsed already. Never throws. */
export function judge(
  json: unknown,
  { keys, sign, via }: { readonly keys: MacKeys; readonly sign: EventSign; readonly via: HintSource },
): OwnEvent | ForgedEvent | Omit<EventOfOthers, 'event'> {
  const EventType = typeOf(json)
  const classified = classify(json, keys)
  if (classified.kind === 'forged') return { kind: 'forged', EventType, problem: 'token', sign }
  if (classified.kind === 'ours') {
    const { address, task } = classified
    return { kind: 'ours', EventType, address, hint: hintOf(address, task, via), sign }
  }
  const isUnsigned = isInvalid(sign) && typesOf(json).some(isVodEvent)
  return isUnsigned ? { kind: 'forged', EventType, problem: 'Sign', sign } : { ...classified, EventType }
}

/** Returns true for an event that VOD did not sign, as far as this is known. */
export function isInvalid(sign: EventSign): boolean {
  return sign !== 'good' && sign !== 'unchecked'
}

function bytesOf(body: string | Uint8Array | ArrayBuffer): Buffer {
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof ArrayBuffer) return Buffer.from(body)
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
}

function signOf(
  json: unknown,
  { signKey: SignKey, url = '', headers = {} }: OpenEventOptions & { readonly signKey: string },
): SignVerdict {
  return checkSign(
    { body: object(json) ?? {}, query: queryOf(url), header: (name) => headerOf(headers, name) },
    { SignKey, now: Date.now() },
  )
}

/** A URL that cannot be parsed has no query: the sender may have written it. */
function queryOf(url: string): URLSearchParams {
  const base = 'http://callback.invalid/'
  return URL.canParse(url, base) ? new URL(url, base).searchParams : new URLSearchParams()
}

/** Reads one field, because `Headers` throws at names such as the `:path` of HTTP/2. */
function headerOf(headers: NonNullable<OpenEventOptions['headers']>, name: string): string | null {
  if (isHeaders(headers)) return headers.get(name)
  const [, value] = Object.entries(headers).find(([each]) => each.toLowerCase() === name.toLowerCase()) ?? []
  return typeof value === 'string' ? value : null
}

/** `Headers` may be those of another implementation. */
function isHeaders(headers: NonNullable<OpenEventOptions['headers']>): headers is Headers {
  return typeof headers.get === 'function'
}

/** Returns the hint that an event gives to the step that its token addresses. The progress of a task that is over says nothing. */
function hintOf(
  { SessionId }: StepAddress,
  { TaskId, terminal, percent }: TaskEvent,
  via: HintSource,
): TaskHint {
  const shown = terminal || percent === undefined ? {} : { percent }
  return { v: 1, SessionId, TaskId, terminal, via, at: Date.now(), ...shown }
}
