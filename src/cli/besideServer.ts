import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { Registry } from 'prom-client'
import { asksFor } from '../callbacks/asksFor.js'
import { serveBounded } from '../callbacks/connections.js'

/** An address of this machine. */
export interface BesideAddress {
  readonly host: string
  readonly port: number
}

/** Probes and scrapers need a few. */
const maxConnections = 256
/** A connection on which nothing moves ends after this time. */
const stillMs = 30_000
const limits = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 1_000 }

/**
 * A server for operators beside a process, on an address of its own: what faces the internet does not tell it.
 *
 * @param option - the option that gave the address, e.g. `--metrics`
 * @throws Error when the address cannot be had.
 */
export async function serveBeside(
  { host, port }: BesideAddress,
  option: string,
  listener: RequestListener,
): Promise<{ close(): Promise<void> }> {
  const server = createServer(limits)
  server.timeout = stillMs
  serveBounded(server, listener, { max: maxConnections })
  await new Promise<void>((resolve, reject) => {
    // Not once: later ones are of connections that could not be accepted, and would end the process.
    server.on('error', ({ message }) => reject(cannotListen(option, message)))
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

export function cannotListen(option: string, problem: string): Error {
  return new Error(`${option}: cannot listen there (${problem}); give another address of this machine`)
}

/** `GET /metrics`. @throws Error when the address cannot be had. */
export function serveMetrics(
  registry: Registry,
  address: BesideAddress,
): Promise<{ close(): Promise<void> }> {
  let gathering: Promise<string> | undefined
  // Once for all who ask at the same time: what many connections ask for must not take the time of events.
  const gather = () => {
    gathering ??= registry.metrics().finally(() => {
      gathering = undefined
    })
    return gathering
  }
  return serveBeside(address, '--metrics', (request, response) => {
    if (!asksFor(request, 'metrics')) return void response.writeHead(404).end()
    gather().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
}

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
