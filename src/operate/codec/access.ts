import { createHash, timingSafeEqual } from 'node:crypto'
import { InvalidInputError } from '../../contract/errors.js'
import { secretOf } from '../../contract/secret.js'

/** Who asks, or undefined where that is not allowed. */
export type Access = (bearer: string | undefined) => Promise<string | undefined>

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
    if (token.length < minToken) throw refuse(`the token of "${name}" is shorter than ${minToken} characters`)
    return { name, hash: hashOf(token) }
  })
  return async (bearer = '') => {
    const given = hashOf(bearer)
    // Every one is compared, whichever it is.
    const found = people.filter(({ hash }) => timingSafeEqual(hash, given))
    return found[0]?.name
  }
}

export interface IssuerOptions {
  /** Where the keys of the issuer are: a JWKS. */
  readonly jwks: string
  /** Claim `iss`. */
  readonly issuer: string
  /** Claim `aud`. */
  readonly audience: string
}

/** The tokens with which people have logged in to the Temporal UI (OpenID Connect): signature, issuer, audience and times are checked. */
export async function accessByIssuer({ jwks, issuer, audience }: IssuerOptions): Promise<Access> {
  const { createRemoteJWKSet, jwtVerify } = await import('jose')
  const keys = createRemoteJWKSet(new URL(jwks))
  return async (bearer) => {
    if (!bearer) return undefined
    const verified = await jwtVerify(bearer, keys, { issuer, audience, requiredClaims: ['exp'] }).catch(
      () => undefined,
    )
    if (!verified) return undefined
    const { email, sub } = verified.payload
    return typeof email === 'string' ? email : sub
  }
}

/** The first that knows who it is. */
export function anyOf(ways: readonly Access[]): Access {
  return async (bearer) => {
    for (const way of ways) {
      const who = await way(bearer)
      if (who !== undefined) return who
    }
    return undefined
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function refuse(problem: string): InvalidInputError {
  const remedy = 'give "ann:<token>", several with commas, a token e.g. from `openssl rand -hex 32`'
  return new InvalidInputError([{ field: variable, problem, remedy }])
}
