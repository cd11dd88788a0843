import { InvalidInputError } from '../errors.js'
import { sessionIdLength } from '../identity.js'
import { isMacOf, macLength, macOf } from './mac.js'
import { type MacKeys, maxKeyIdLength } from './macKeys.js'

export type { MacKeys } from './macKeys.js'

/** The submission that an event belongs to, and the run to which its hints are delivered. */
export interface StepAddress {
  /** Temporal's namespace of the run. */
  readonly namespace: string
  /** Account alias. */
  readonly account: string
  /** Events carry none, so it travels here. */
  readonly SubAppId?: number | undefined
  /** Workflow id of the run. */
  readonly workflowId: string
  /** First execution of the run: it tells apart the runs that had one workflow id. */
  readonly chain: string
  /** What the event belongs to. */
  readonly SessionId: string
  /** What was asked for under an idempotencyKey, see `fingerprintOf`. */
  readonly asked?: string | undefined
}

/**
 * `ours`: this step asked for the event. `foreign`: no token, or one of a key we do not have (another system's,
 * or a key not yet known here). `forged`: it names a key of ours and its MAC is wrong.
 */
export type OpenedContext =
  | { readonly verdict: 'ours'; readonly address: StepAddress; readonly callerContext: string }
  | { readonly verdict: 'foreign' }
  | { readonly verdict: 'forged' }

/** `SessionContext` takes 1,000 characters (ProcessMediaByProcedure, "Input Parameters"). */
export const maxSessionContext = 1_000

const version = 'vf1'
/** Cannot occur in a token, so the first one ends it. */
const separator = '|'

/**
 * Puts the token before the caller's own context. It proves which step is addressed, not what happened: VOD
 * shows it to everybody with console access, and it does not cover an event's body.
 *
 * @throws InvalidInputError when both together are longer than VOD takes.
 */
export function sealSessionContext(address: StepAddress, keys: MacKeys, callerContext = ''): string {
  const { namespace, account, SubAppId = 0, workflowId, chain, SessionId, asked } = address
  const fields = [namespace, account, SubAppId, workflowId, chain, SessionId, ...(asked ? [asked] : [])]
  const payload = Buffer.from(JSON.stringify(fields)).toString('base64url')
  const sealed = `${version}.${keys.sign.id}.${payload}`
  const token = `${sealed}.${macOf(sealed, keys.sign.secret)}`
  const whole = callerContext === '' ? token : `${token}${separator}${callerContext}`
  if (whole.length > maxSessionContext)
    throw tooLong(callerContext.length, maxSessionContext - token.length - 1)
  return whole
}

/** Reads a SessionContext that came from outside. Never throws. */
export function openSessionContext(SessionContext: string, keys: MacKeys): OpenedContext {
  const end = SessionContext.indexOf(separator)
  const token = end < 0 ? SessionContext : SessionContext.slice(0, end)
  const parts = token.split('.')
  const [name, keyId, payload, mac] = parts
  if (parts.length !== 4 || name !== version || SessionContext.length > maxSessionContext)
    return { verdict: 'foreign' }
  const key = keys.verify.find(({ id }) => id === keyId)
  if (!key || payload === undefined || mac === undefined) return { verdict: 'foreign' }
  if (!isMacOf(mac, `${name}.${keyId}.${payload}`, key.secret)) return { verdict: 'forged' }
  const address = addressOf(payload)
  if (!address) return { verdict: 'forged' }
  return { verdict: 'ours', address, callerContext: end < 0 ? '' : SessionContext.slice(end + 1) }
}

/**
 * What a token says of its request, without a check of its MAC. Only those who can submit to the account put one into a task, so it is
 * good enough to refuse another request under the same idempotencyKey, and for nothing else.
 */
export function askedIn(SessionContext: string): string | undefined {
  const [token = ''] = SessionContext.split(separator, 1)
  const [name, , payload = '', ...rest] = token.split('.')
  return name === version && rest.length === 1 ? addressOf(payload)?.asked : undefined
}

/** What is known of an address before the start. */
export type Destination = Omit<StepAddress, 'chain' | 'SessionId'>

/** What a token can take of the 1,000 characters at most: key id, chain and SessionId are not known before the start. */
export function sessionContextOverhead(destination: Destination): number {
  const { namespace, account, SubAppId = 0, workflowId, asked } = destination
  const longest = [
    namespace,
    account,
    SubAppId,
    workflowId,
    'c'.repeat(36),
    's'.repeat(sessionIdLength),
    ...(asked ? [asked] : []),
  ]
  const payload = Math.ceil((Buffer.byteLength(JSON.stringify(longest)) * 4) / 3)
  return version.length + 1 + maxKeyIdLength + 1 + payload + 1 + macLength + separator.length
}

/**
 * Refuses, before anything is sent, a SessionContext that will not fit behind the token.
 *
 * @throws InvalidInputError that says how many characters there is room for.
 */
export function checkSessionContext(callerContext: string, destination: Destination): void {
  const room = maxSessionContext - sessionContextOverhead(destination)
  if (callerContext.length > Math.max(0, room) || room < -separator.length)
    throw tooLong(callerContext.length, room)
}

function tooLong(length: number, room: number): InvalidInputError {
  const spare = Math.max(0, room)
  const problem = `${length} characters, but only ${spare} of VOD's ${maxSessionContext} are left beside the token of this run`
  const remedy =
    spare > 0
      ? 'shorten it, e.g. to an id of your own'
      : 'leave it out, and give a shorter workflowId: it is in the token'
  return new InvalidInputError([{ field: 'SessionContext', problem, remedy }])
}

/** A worker sealed what it was given: Temporal takes no half of a character in an id, and not this many characters. */
function isAddressText(text: unknown): text is string {
  return typeof text === 'string' && text.length <= maxSessionContext && text.isWellFormed()
}

function addressOf(payload: string): StepAddress | undefined {
  try {
    const given: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    if (!Array.isArray(given) || given.length < 6 || given.length > 7) return undefined
    const [namespace, account, SubAppId, workflowId, chain, SessionId, asked] = given
    const texts = [namespace, account, workflowId, chain, SessionId, asked ?? '']
    if (!texts.every(isAddressText) || !Number.isSafeInteger(SubAppId)) return undefined
    if (namespace === '' || workflowId === '') return undefined
    return {
      namespace,
      account,
      ...(SubAppId === 0 ? {} : { SubAppId }),
      workflowId,
      chain,
      SessionId,
      ...(asked ? { asked } : {}),
    }
  } catch {
    return undefined
  }
}
