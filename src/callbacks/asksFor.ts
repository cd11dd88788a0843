import type { IncomingMessage } from 'node:http'

/** Whether a request reads the page with this name: below any prefix, because not every ingress takes its prefix off, with any query. */
export function asksFor({ method, url = '' }: IncomingMessage, name: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const [path = ''] = url.split('?', 1)
  return (path.endsWith('/') ? path.slice(0, -1) : path).endsWith(`/${name}`)
}
