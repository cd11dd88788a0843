import type { Registry } from 'prom-client'
import { asksFor } from '../callbacks/asksFor.js'
import { type BesideAddress, serveBeside } from './besideServer.js'

/** `GET /metrics`. @throws Error when the address cannot be had. */
export function serveMetrics(
  registry: Registry,
  address: BesideAddress,
): Promise<{ close(): Promise<void> }> {
  return serveBeside(address, '--metrics', (request, response) => {
    if (!asksFor(request, 'metrics')) return void response.writeHead(404).end()
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
}
