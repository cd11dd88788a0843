import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import send from 'send'
import { problemOfPage } from './pages.js'

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
 * One address: the API at `/`, media with range requests at `/media/`, what is not Tencent's at `/_admin/`. A page in a browser gets media
 * only: `/_admin/` is unsigned, and the key of the API is often a word that can be guessed, with which `PullUpload` reads files.
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

/** Outputs can be played by a page from anywhere, as from VOD's CDN. */
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
    // Not once: later ones are of connections that could not be accepted, and would end the process.
    server.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error)
      reject(
        new Error(`port ${port} is taken by another program; give another one, or 0 for any that is free`),
      )
    })
    server.listen(port, '127.0.0.1', () => resolve())
  })
}
