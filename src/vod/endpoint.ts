import { InvalidInputError } from '../contract/errors.js'

export const defaultEndpoint = 'https://vod.intl.tencentcloudapi.com'

/**
 * Parses the origin of VOD's API. The SDK uses only its host and silently drops a path or a query. The error does not show the value,
 * because it may contain a password.
 *
 * @param field - the name of the option or variable, e.g. `VODFLOW_VOD_ENDPOINT`
 * @throws InvalidInputError that names the field and the problem.
 */
export function parseEndpoint(field: string, given: string): URL {
  const endpoint = String(given).trim()
  const problem = problemOf(endpoint)
  if (problem === undefined) return new URL(endpoint)
  const remedy = `use an http or https URL with a host and nothing after it, e.g. ${defaultEndpoint}`
  throw new InvalidInputError([{ field, problem, remedy }])
}

/** Returns VODFLOW_VOD_ENDPOINT as an option of a client, or no option if it is not set. */
export function endpointOfEnvironment(): { readonly endpoint?: string } {
  const name = 'VODFLOW_VOD_ENDPOINT'
  const given = process.env[name]
  return given ? { endpoint: parseEndpoint(name, given).origin } : {}
}

function problemOf(endpoint: string): string | undefined {
  // A URL parser drops line breaks and tabs in a URL, and reads a backslash as a slash.
  if (!/^https?:\/\/[\x21-\x5b\x5d-\x7e]+$/i.test(endpoint) || !URL.canParse(endpoint))
    return 'the value is not a URL'
  const url = new URL(endpoint)
  if (url.username !== '' || url.password !== '' || /^[^/]+\/\/[^/?#]*@/.test(endpoint))
    return 'has a user or a password in it'
  if (url.pathname !== '/') return 'has a path'
  return url.href === `${url.origin}/` ? undefined : 'has a query or a fragment'
}
