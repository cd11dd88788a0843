import type { IncomingMessage } from 'node:http'

/**
 * No page can be served under one of these: an address, a name of one word, as containers have it, and the domains that nobody can register
 * (RFC 6761, RFC 6762, RFC 8375; `internal` is reserved by ICANN).
 */
const ownedByNoPage =
  /^(\d+(\.\d+){3}|\[[\da-f:.]+\]|[\w-]+|.*\.(localhost|local|internal|test|example|invalid|home\.arpa))$/i

/** Why a page may not have sent this request, or undefined. A browser names the page that asks, unless a person has typed the address. */
export function problemOfPage({ headers }: IncomingMessage): string | undefined {
  const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers
  if (origin !== undefined || site !== 'none')
    return 'a page in a browser gets media only; use curl or a program, or type the address into the browser'
  // A page reads what answers to its own name, also where it has pointed that at this machine.
  if (!ownedByNoPage.test(host.replace(/:\d+$/, '')))
    return 'a page may have this host name; ask for 127.0.0.1, localhost, or a name of one word'
  return undefined
}
