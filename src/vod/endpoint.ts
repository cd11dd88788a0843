import { InvalidInputError } from '../contract/errors.js'

export const defaultEndpoint = 'https://vod.intl.tencentcloudapi.com'

/**
 * The origin that calls go to. The SDK takes a host only: it would drop a path or a query without a word. The value is not shown, because it may
 * have a password in it.
 *
 * @param field - where the endpoint was given, e.g. `VODFLOW_VOD_ENDPOINT`.
 * @throws InvalidInputError that names the field and what is wrong with the endpoint.
 */
export function parseEndpoint(field: string, given: string): URL {
  const endpoint = String(given).trim()
  const problem = problemOf(endpoint)
  if (problem === undefined) return new URL(endpoint)
  const remedy = `give an http or https URL with a host and nothing after it, e.g. ${defaultEndpoint}`
  throw new InvalidInputError([{ field, problem, remedy }])
}

/** VODFLOW_VOD_ENDPOINT as an option of a client; none where it is not set. */
export function endpointOfEnvironment(): { readonly endpoint?: string } {
  const name = 'VODFLOW_VOD_ENDPOINT'
  const given = process.env[name]
  return given ? { endpoint: parseEndpoint(name, given).origin } : {}
}

function problemOf(endpoint: string): string | undefined {
  // A URL parser drops line breaks and tabs within a URL, and takes a backslash for a slash.
  if (!/^https?:\/\/[\x21-\x5b\x5d-\x7e]+$/i.test(endpoint) || !URL.canParse(endpoint))
    return 'the value is not a URL'
  const url = new URL(endpoint)
  if (url.username !== '' || url.password !== '' || /^[^/]+\/\/[^/?#]*@/.test(endpoint))
    return 'has a user or a password in it'
  if (url.pathname !== '/') return 'has a path'
  return url.href === `${url.origin}/` ? undefined : 'has a query or a fragment'
}
