import { createHash, timingSafeEqual } from 'node:crypto'
import { InvalidInputError } from '../../contract/errors.js'
import { holdsNextEntry, secretOf } from '../../contract/secret.js'
import { cut } from '../../contract/text.js'
import { keysOf, UnreadableJwksError } from './jwks.js'

export type TokenIdentity =
  | { readonly who: string }
  /** The problem of a token that identifies no one, for the log. */
  | { readonly tokenIs: string }
  /** The reason why the token cannot be checked now, for the log. */
  | { readonly unreadable: string }

/** Returns the identity of a caller. */
export type Access = (bearer: string | undefined) => Promise<TokenIdentity>

const missing: TokenIdentity = { tokenIs: 'missing' }

const variable = 'VODFLOW_CODEC_TOKENS'
/** Minimum length of a token, so that it cannot be guessed. */
const minToken = 32

/**
 * Reads `VODFLOW_CODEC_TOKENS`: `ann:<token>,bob:<token>`. The name appears in the log, the token nowhere.
 *
 * @throws InvalidInputError that names the problem, but never the token
 */
export function accessByTokens(text: string): Access {
  const people = text.split(',').map((entry, index) => {
    const given = secretOf(variable, entry)
    const name = given.slice(0, Math.max(0, given.indexOf(':')))
    const token = given.slice(name.length + 1).trimStart()
    if (!/^[\w.@-]{1,64}$/.test(name))
      throw refuse(`entry ${index + 1} does not start with a name and a colon`)
    if (token.length < minToken)
      throw refuse(`the token of entry ${index + 1} is shorter than ${minToken} characters`)
    if (holdsNextEntry(token))
      throw refuse(`entry ${index + 1} contains another token, without a comma between them`)
    return { name, hash: hashOf(token) }
  })
  return async (bearer) => {
    if (!bearer) return missing
    const given = hashOf(bearer)
    // Compares every token, so that the time does not reveal which one matches.
    const [found] = people.filter(({ hash }) => timingSafeEqual(hash, given))
    return found ? { who: found.name } : { tokenIs: 'not on the list' }
  }
}

export interface IssuerOptions {
  /** URL of the issuer's JWKS. */
  readonly jwks: string
  /** Claim `iss`. */
  readonly issuer: string
  /** Claim `aud`. */
  readonly audience: string
  /** Timeout for reading the JWKS, ms. Default 5,000. */
  readonly timeoutMs?: number
}

/** Checks the tokens of people who log in to the Temporal UI with OpenID Connect: signature, issuer, audience and times. */
export async function accessByIssuer({
  jwks: url,
  issuer,
  audience,
  timeoutMs = 5_000,
}: IssuerOptions): Promise<Access> {
  const { jwtVerify } = await import('jose')
  const keys = await keysOf({ url, timeoutMs })
  return async (bearer) => {
    if (!bearer) return missing
    try {
      const { payload } = await jwtVerify(bearer, keys, { issuer, audience, requiredClaims: ['exp'] })
      const who = [payload.email, payload.sub].find((claim) => typeof claim === 'string')
      return who === undefined ? { tokenIs: 'without email and sub' } : { who }
    } catch (error) {
      if (error instanceof UnreadableJwksError) return { unreadable: error.message }
      // The message is cut, because it may quote the token's header.
      return { tokenIs: error instanceof Error ? cut(error.message, 100) : 'not valid' }
    }
  }
}

/** Returns the first identity that any of the ways finds. If there is none, a way that could not check takes precedence. */
export function anyOf(ways: readonly Access[]): Access {
  return async (bearer) => {
    let unknown: TokenIdentity = missing
    for (const way of ways) {
      const identity = await way(bearer)
      if ('who' in identity) return identity
      if (!('unreadable' in unknown)) unknown = identity
    }
    return unknown
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function refuse(problem: string): InvalidInputError {
  const remedy =
    'use "ann:<token>", several separated by commas, with tokens e.g. from `openssl rand -hex 32`'
  return new InvalidInputError([{ field: variable, problem, remedy }])
}
