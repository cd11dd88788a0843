import { InvalidInputError } from '../errors.js'
import { sessionIdLength } from '../identity.js'
import { isMacOf, macLength, macOf } from './mac.js'
import { isMacKeyId, type MacKeys, maxKeyIdLength } from './macKeys.js'

export type { MacKeys } from './macKeys.js'

/** The submission that an event belongs to, and the run to which its hints are delivered. */
export interface StepAddress {
  /** Temporal's namespace of the run. */
  readonly namespace: string
  /** The alias of the account. */
  readonly account: string
  /** The SubAppId, which events do not contain. */
  readonly SubAppId?: number | undefined
  /** Workflow id of the run. */
  readonly workflowId: string
  /** The first execution of the run, which distinguishes runs with the same workflow id. */
  readonly chain: string
  /** The submission of the event. */
  readonly SessionId: string
  /** The fingerprint of a request with an idempotencyKey, see `fingerprintOf`. */
  readonly asked?: string | undefined
}

/**
 * The result of reading a SessionContext. `ours`: a step of ours asked for the event. `foreign`: it has no token, or the token has an
 * unknown key, whose id is `unknownKey` (of another deployment of vodflow, or not yet known here). `forged`: the token has a known key and a
 * wrong MAC.
 */
export type OpenedContext =
  | { readonly verdict: 'ours'; readonly address: StepAddress; readonly callerContext: string }
  | { readonly verdict: 'foreign'; readonly unknownKey?: string }
  | { readonly verdict: 'forged' }

/** The longest `SessionContext` that VOD accepts, in characters (ProcessMediaByProcedure, "Input Parameters"). */
export const maxSessionContext = 1_000

const version = 'vf1'
/** The end of a token, in which it cannot occur. */
const separator = '|'

/**
 * Puts the token before the caller's own context. The token proves which step an event is for, but not what happened: VOD
 * shows it to everyone with access to the console, and it does not cover the body of an event.
 *
 * @throws InvalidInputError if both together are longer than VOD accepts.
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

/** Reads a SessionContext from outside. Never throws. */
export function openSessionContext(SessionContext: string, keys: MacKeys): OpenedContext {
  const end = SessionContext.indexOf(separator)
  const token = end < 0 ? SessionContext : SessionContext.slice(0, end)
  const parts = token.split('.')
  const [name, keyId, payload, mac] = parts
  if (parts.length !== 4 || name !== version || SessionContext.length > maxSessionContext)
    return { verdict: 'foreign' }
  const key = keys.verify.find(({ id }) => id === keyId)
  if (keyId === undefined || payload === undefined || mac === undefined) return { verdict: 'foreign' }
  if (!key) return { verdict: 'foreign', ...(isToken({ keyId, payload, mac }) ? { unknownKey: keyId } : {}) }
  if (!isMacOf(mac, `${name}.${keyId}.${payload}`, key.secret)) return { verdict: 'forged' }
  const address = addressOf(payload)
  if (!address) return { verdict: 'forged' }
  return { verdict: 'ours', address, callerContext: end < 0 ? '' : SessionContext.slice(end + 1) }
}

/** Returns true for what a worker with another key writes. Anyone can write the same. */
function isToken({ keyId, payload, mac }: Readonly<Record<'keyId' | 'payload' | 'mac', string>>): boolean {
  return isMacKeyId(keyId) && mac.length === macLength && addressOf(payload) !== undefined
}

/**
 * Returns the fingerprint in a token without checking its MAC. Only those who can submit to the account can put a token into a task, so the
 * fingerprint is good enough to refuse another request with the same idempotencyKey, and for nothing else.
 */
export function askedIn(SessionContext: string): string | undefined {
  const [token = ''] = SessionContext.split(separator, 1)
  const [name, , payload = '', ...rest] = token.split('.')
  return name === version && rest.length === 1 ? addressOf(payload)?.asked : undefined
}

/** The part of an address that is known before the start. */
export type Destination = Omit<StepAddress, 'chain' | 'SessionId'>

/** Returns the largest length of a token. The key id, chain and SessionId are unknown before the start. */
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
 * Refuses, before anything is sent, a SessionContext that does not fit after the token.
 *
 * @throws InvalidInputError that states how many characters are left.
 */
export function checkSessionContext(callerContext: string, destination: Destination): void {
  const room = maxSessionContext - sessionContextOverhead(destination)
  if (callerContext.length > Math.max(0, room) || room < -separator.length)
    throw tooLong(callerContext.length, room)
}

function tooLong(length: number, room: number): InvalidInputError {
  const spare = Math.max(0, room)
  const problem = `has ${length} characters, but the token of this run leaves only ${spare} of VOD's ${maxSessionContext}`
  const remedy =
    spare > 0
      ? 'shorten it, e.g. to an id of your own'
      : 'leave it out, and use a shorter workflowId, which is part of the token'
  return new InvalidInputError([{ field: 'SessionContext', problem, remedy }])
}

/** Checks a member of a token. Temporal accepts no malformed or very long id, but a worker seals any id that it receives. */
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
