import type { IncomingMessage } from 'node:http'

/** No page can own one of them. The last is what Docker Desktop calls this machine in its containers. */
const namesOfThisMachine = ['127.0.0.1', 'localhost', '[::1]', 'host.docker.internal']

/** Why a page may not have sent this request, or undefined. A browser names the page that asks, unless a person has typed the address. */
export function problemOfPage({ headers }: IncomingMessage): string | undefined {
  const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers
  if (origin !== undefined || site !== 'none')
    return 'a page in a browser gets media only; use curl or a program, or type the address into the browser'
  // A page reads what answers to its own name, also where it has pointed that at this machine.
  if (!namesOfThisMachine.includes(host.replace(/:\d+$/, ''))) return 'ask for 127.0.0.1 or localhost'
  return undefined
}
