import { createServer } from 'node:http'

/**
 * For the probes of Kubernetes and Docker. `GET /healthz` answers 200 as long as the process can: Temporal that is away is no
 * reason to kill it. `GET /readyz` answers 200 while the worker polls, else 503; both say the state.
 *
 * @param state - Temporal's state of the worker, or what stands for it before there is one.
 * @throws Error when the address cannot be had.
 */
export async function serveHealth(
  { host, port }: { readonly host: string; readonly port: number },
  state: () => string,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const now = state()
    const status = request.method === 'GET' ? statusOf(request.url, now) : 404
    response.writeHead(status, { 'content-type': 'text/plain' }).end(status === 404 ? '' : `${now}\n`)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ message }) =>
      reject(new Error(`--health: cannot listen there (${message}); give another address of this machine`)),
    )
    server.listen(port, host, resolve)
  })
  // A process that could not start for another reason must end.
  server.unref()
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function statusOf(url: string | undefined, state: string): 200 | 404 | 503 {
  if (url === '/healthz') return 200
  if (url !== '/readyz') return 404
  return state === 'RUNNING' ? 200 : 503
}
