import { itemsOf, type Json, object } from '../contract/json.js'
import { typesOf } from './event.js'

/** SNS may be in SQS, and both in base64. */
const maxDepth = 3

/**
 * Returns what a body seems to be, if it has an event in base64 or in the message of a queue, and what to pass instead. It unwraps nothing
 * for the caller, because only the caller knows the ways of the event, and the bytes of an event of others must stay as they are.
 */
export function remedyForWrapped(body: Buffer, json: unknown): string | undefined {
  return json === undefined ? remedyForText(body.toString('utf8'), maxDepth) : remedyFor(json, maxDepth)
}

function remedyFor(json: unknown, depth: number): string | undefined {
  if (typeof json === 'string')
    return hasEvent(json, depth)
      ? 'The body seems to be an event in a JSON string. Parse the string first.'
      : remedyForText(json, depth)
  const envelope = object(json)
  return envelope && remedyForEnvelope(envelope, depth)
}

function remedyForText(text: string, depth: number): string | undefined {
  return isBase64OfEvent(text, depth)
    ? 'The body seems to be base64 of an event. Decode the body first.'
    : undefined
}

function remedyForEnvelope({ Records, Message, body, detail }: Json, depth: number): string | undefined {
  const [first] = itemsOf(Records)
  const inLambda = object(first?.Sns)?.Message
  if (hasEvent(first?.body, depth)) return pass('messages of SQS', 'Records[0].body, and each of the others')
  if (hasEvent(inLambda, depth))
    return pass('messages of SNS', 'Records[0].Sns.Message, and each of the others')
  if (hasEvent(Message, depth)) return pass('a message of SNS', 'Message')
  if (hasEvent(body, depth)) return pass('a request of an API gateway', 'body')
  if (isBase64OfEvent(body, depth))
    return pass('a request of an API gateway', 'body, and decode it from base64')
  return isEvent(detail, depth) ? pass('an event of EventBridge', 'detail, as JSON') : undefined
}

function pass(what: string, member: string): string {
  return `The body seems to be ${what}, with an event in it. Pass ${member}.`
}

function hasEvent(text: unknown, depth: number): boolean {
  return typeof text === 'string' && isEvent(parsed(text), depth)
}

function isEvent(json: unknown, depth: number): boolean {
  if (typesOf(json).length > 0) return true
  return depth > 0 && remedyFor(json, depth - 1) !== undefined
}

function isBase64OfEvent(text: unknown, depth: number): boolean {
  if (typeof text !== 'string' || !/^[\w+/=\r\n-]+$/.test(text.trim())) return false
  const decoded = Buffer.from(text, 'base64')
  const isGzip = decoded[0] === 0x1f && decoded[1] === 0x8b
  return isGzip || hasEvent(decoded.toString('utf8'), depth)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
