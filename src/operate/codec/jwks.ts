import type { FetchImplementation, JWTVerifyGetKey } from 'jose'
import { unreachable } from '../../contract/unreachable.js'
import { boundedBody } from '../boundedBody.js'

/** The keys of an issuer cannot be read, so nothing can be said about its tokens. */
export class UnreadableJwksError extends Error {}

export interface JwksOptions {
  readonly url: string
  readonly timeoutMs: number
}

/** A key has a few kilobytes, with its certificates, and an issuer a few keys. */
const maxBytes = 1024 * 1024

/** What the keys of an issuer are looked up with. It rejects with an UnreadableJwksError when they cannot be read, else because of the token. */
export async function keysOf({ url, timeoutMs }: JwksOptions): Promise<JWTVerifyGetKey> {
  const { createLocalJWKSet, createRemoteJWKSet, customFetch } = await import('jose')
  const read: FetchImplementation = async (...request) => {
    try {
      const jwks = JSON.parse(await textOf(await fetch(...request)))
      createLocalJWKSet(jwks)
      return Response.json(jwks)
    } catch (error) {
      throw new UnreadableJwksError(`${url} ${problemOf(error, timeoutMs)}`)
    }
  }
  return createRemoteJWKSet(new URL(url), { timeoutDuration: timeoutMs, [customFetch]: read })
}

/** Words that follow the address. */
class Unusable extends Error {}

async function textOf(response: Response): Promise<string> {
  const { status, body } = response
  if (status !== 200) {
    await body?.cancel()
    throw new Unusable(`answers with HTTP status ${status}; redirects are not followed`)
  }
  const read = await boundedBody(response, maxBytes)
  if (!read) throw new Unusable('is larger than 1 MiB')
  return read.toString()
}

function problemOf(error: unknown, timeoutMs: number): string {
  const { name, message, code } = Object(error)
  if (error instanceof Unusable) return message
  if (name === 'TimeoutError') return `does not answer within ${timeoutMs} ms`
  if (name === 'SyntaxError' || code === 'ERR_JWKS_INVALID')
    return 'is no JWKS: give the jwks_uri of the issuer'
  return unreachable(error)
}
