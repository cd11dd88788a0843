import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { Registry } from 'prom-client'
import { asksFor } from '../callbacks/asksFor.js'
import { serveBounded } from '../callbacks/connections.js'

/** A host and port of this machine. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** Probes and scrapers need only a few connections. */
const maxConnections = 256
/** An idle connection is closed after this time. */
const stillMs = 30_000
const limits = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 }

/**
 * Starts a server for operators on an address of its own, because the server that faces the internet must not expose it.
 *
 * @param option - the option that set the address, e.g. `--metrics`
 * @throws Error if it cannot listen on the address.
 */
export async function startOperatorServer(
  { host, port }: ListenAddress,
  option: string,
  listener: RequestListener,
): Promise<{ close(): Promise<void> }> {
  const server = createServer(limits)
  server.timeout = stillMs
  serveBounded(server, listener, { max: maxConnections })
  await new Promise<void>((resolve, reject) => {
    // Not `once`: later errors come from connections that could not be accepted, and would end the process without a listener.
    server.on('error', ({ message }) => reject(cannotListen(option, message)))
    server.listen(port, host, resolve)
  })
  // The server must not keep a process alive that failed to start for another reason.
  server.unref()
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function cannotListen(option: string, problem: string): Error {
  return new Error(
    `${option}: cannot listen on this address (${problem}); pass another address of this machine`,
  )
}

/** Serves `GET /metrics`. @throws Error if it cannot listen on the address. */
export function serveMetrics(
  registry: Registry,
  address: ListenAddress,
): Promise<{ close(): Promise<void> }> {
  let gathering: Promise<string> | undefined
  // Concurrent requests share one result, so that many scrapers do not delay events.
  const gather = () => {
    gathering ??= registry.metrics().finally(() => {
      gathering = undefined
    })
    return gathering
  }
  return startOperatorServer(address, '--metrics', (request, response) => {
    if (!asksFor(request, 'metrics')) return void response.writeHead(404).end()
    gather().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
}

/**
 * Serves the probes of Kubernetes and Docker. `GET /healthz` returns 200 unless the worker has failed, because an unreachable Temporal is
 * no reason to kill the worker. `GET /readyz` returns 200 while the worker polls, also if Temporal does not answer, else 503. Both return the state as text.
 *
 * @param state - returns Temporal's state of the worker, `STARTING` before the worker exists, or `FAILED` after it stopped polling
 *   without a signal.
 * @throws Error if it cannot listen on the address.
 */
export function serveHealth(
  address: ListenAddress,
  state: () => string,
): Promise<{ close(): Promise<void> }> {
  return startOperatorServer(address, '--health', (request, response) => {
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
