import type { IncomingMessage } from 'node:http'
import { asksFor } from '../callbacks/asksFor.js'
import { type BesideAddress, serveBeside } from './besideServer.js'

/**
 * For the probes of Kubernetes and Docker. `GET /healthz` answers 200 unless the worker has failed: Temporal that is away is no
 * reason to kill it. `GET /readyz` answers 200 while the worker polls, else 503; both say the state.
 *
 * @param state - Temporal's state of the worker, or what stands for it: `STARTING` before there is one, `FAILED` when it stopped polling
 *   without a signal.
 * @throws Error when the address cannot be had.
 */
export function serveHealth(
  address: BesideAddress,
  state: () => string,
): Promise<{ close(): Promise<void> }> {
  return serveBeside(address, '--health', (request, response) => {
    const now = state()
    const status = statusOf(request, now)
    response.writeHead(status, { 'content-type': 'text/plain' }).end(status === 404 ? '' : `${now}\n`)
  })
}

function statusOf(request: IncomingMessage, state: string): 200 | 404 | 503 {
  if (asksFor(request, 'healthz')) return state === 'FAILED' ? 503 : 200
  if (!asksFor(request, 'readyz')) return 404
  return state === 'RUNNING' ? 200 : 503
}
