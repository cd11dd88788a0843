import type { IncomingMessage } from 'node:http'

/** Returns true if a request reads the page with this name. It accepts any prefix, because some ingresses keep theirs, and any query. */
export function asksFor({ method, url = '' }: IncomingMessage, name: string): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const [path = ''] = url.split('?', 1)
  return (path.endsWith('/') ? path.slice(0, -1) : path).endsWith(`/${name}`)
}
