import { createHash, timingSafeEqual } from 'node:crypto'
import { InvalidInputError } from '../../contract/errors.js'
import { holdsNextEntry, secretOf } from '../../contract/secret.js'
import { cut } from '../../contract/text.js'
import { keysOf, UnreadableJwksError } from './jwks.js'

export type Identity =
  | { readonly who: string }
  /** What the token is that does not say who asks, for the log. */
  | { readonly tokenIs: string }
  /** Why nothing can be said about the token now, for the log. */
  | { readonly unreadable: string }

/** Who asks. */
export type Access = (bearer: string | undefined) => Promise<Identity>

const missing: Identity = { tokenIs: 'missing' }

const variable = 'VODFLOW_CODEC_TOKENS'
/** Long enough that it cannot be guessed. */
const minToken = 32

/**
 * Reads `VODFLOW_CODEC_TOKENS`: `ann:<token>,bob:<token>`. The name stands in the log, the token nowhere.
 *
 * @throws InvalidInputError that names the problem, never the token.
 */
export function accessByTokens(text: string): Access {
  const people = text.split(',').map((entry, index) => {
    const given = secretOf(variable, entry)
    const name = given.slice(0, Math.max(0, given.indexOf(':')))
    const token = given.slice(name.length + 1).trimStart()
    if (!/^[\w.@-]{1,64}$/.test(name))
      throw refuse(`entry ${index + 1} does not begin with a name and a colon`)
    if (token.length < minToken)
      throw refuse(`the token of entry ${index + 1} is shorter than ${minToken} characters`)
    if (holdsNextEntry(token))
      throw refuse(`entry ${index + 1} has another token in it, with no comma between them`)
    return { name, hash: hashOf(token) }
  })
  return async (bearer) => {
    if (!bearer) return missing
    const given = hashOf(bearer)
    // Every one is compared, whichever it is.
    const [found] = people.filter(({ hash }) => timingSafeEqual(hash, given))
    return found ? { who: found.name } : { tokenIs: 'not on the list' }
  }
}

export interface IssuerOptions {
  /** Where the keys of the issuer are: a JWKS. */
  readonly jwks: string
  /** Claim `iss`. */
  readonly issuer: string
  /** Claim `aud`. */
  readonly audience: string
  /** How long the JWKS may take to arrive. Default 5,000. */
  readonly timeoutMs?: number
}

/** The tokens with which people have logged in to the Temporal UI (OpenID Connect): signature, issuer, audience and times are checked. */
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
      // A message may quote the token's header.
      return { tokenIs: error instanceof Error ? cut(error.message, 100) : 'not valid' }
    }
  }
}

/** The first that knows who it is. Where none does, one that could not be asked may have. */
export function anyOf(ways: readonly Access[]): Access {
  return async (bearer) => {
    let unknown: Identity = missing
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
  const remedy = 'give "ann:<token>", several with commas, a token e.g. from `openssl rand -hex 32`'
  return new InvalidInputError([{ field: variable, problem, remedy }])
}
