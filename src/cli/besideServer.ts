import { createServer, type RequestListener } from 'node:http'
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
