import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import send from 'send'
import { CannotListenError } from '../../base/cannotListen.js'

export interface WireOptions {
  readonly port: number
  /** Folder of the media. */
  readonly mediaFolder: string
  readonly api: (request: IncomingMessage, response: ServerResponse) => Promise<void>
  readonly admin: (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>
}

const keepAliveMs = 75_000

export interface Wire {
  readonly port: number
  close(): Promise<void>
}

/**
 * Serves one address: the API at `/`, media with range requests at `/media/`, and what is not Tencent's at `/_admin/`. A page in a browser
 * may only read media, because `/_admin/` is unsigned and the API key, with which `PullUpload` reads files, is often easy to guess.
 */
export async function listen({ port, mediaFolder, api, admin }: WireOptions): Promise<Wire> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] as string
    if (path.startsWith('/media/'))
      return serveMedia(request, response, { path: path.slice('/media'.length), mediaFolder })
    const problem = problemOfPage(request)
    if (problem !== undefined) refuse(response, problem)
    else if (path.startsWith('/_admin/')) void admin(request, response, path.slice('/_admin/'.length))
    else void api(request, response)
  })
  // Node's 5 s would close a connection that a client is about to use again.
  server.keepAliveTimeout = keepAliveMs
  await bind(server, port)
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function refuse(response: ServerResponse, error: string): void {
  response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
}

/** Any web page may play outputs, as from VOD's CDN. */
function serveMedia(
  request: IncomingMessage,
  response: ServerResponse,
  { path, mediaFolder }: { path: string; mediaFolder: string },
): void {
  response.setHeader('access-control-allow-origin', '*')
  send(request, path, { root: mediaFolder, index: false, dotfiles: 'deny' })
    .on('error', (error: { status?: number }) => {
      response.statusCode = error.status ?? 404
      response.end()
    })
    .pipe(response)
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const host = '127.0.0.1'
    // Not `once`: later errors come from connections that could not be accepted, and would end the process without a listener.
    server.on('error', (cause) => reject(new CannotListenError({ host, port, cause })))
    server.listen(port, host, () => resolve())
  })
}

/**
 * Matches hosts under which no page can be served: an address, a name of one word, as in containers, and domains that cannot be registered
 * (RFC 6761, RFC 6762, RFC 8375; `internal` is reserved by ICANN).
 */
const ownedByNoPage =
  /^(\d+(\.\d+){3}|\[[\da-f:.]+\]|[\w-]+|.*\.(localhost|local|internal|test|example|invalid|home\.arpa))$/i

/** Returns why a request is refused as one of a web page, or undefined. A browser names the page, unless a person typed the address. */
function problemOfPage({ headers }: IncomingMessage): string | undefined {
  const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers
  if (origin !== undefined || site !== 'none')
    return 'a page in a browser may only read media; use curl or a program, or type the address into the browser'
  // A page may read from its own host name, even if that name points to this machine.
  if (!ownedByNoPage.test(host.replace(/:\d+$/, '')))
    return 'a page may have this host name; use 127.0.0.1, localhost, or a name of one word'
  return undefined
}
