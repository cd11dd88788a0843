import { createServer } from 'node:http'
import type { Registry } from 'prom-client'

export interface MetricsAddress {
  readonly host: string
  readonly port: number
}

/** `GET /metrics`, on an address of its own: what faces the internet does not tell it. @throws Error when the address cannot be had. */
export async function serveMetrics(
  registry: Registry,
  { host, port }: MetricsAddress,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') return void response.writeHead(404).end()
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ message }) => reject(metricsProblem(message)))
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

export function metricsProblem(problem: string): Error {
  return new Error(`--metrics: cannot listen there (${problem}); give another address of this machine`)
}
