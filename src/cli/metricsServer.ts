import type { Registry } from 'prom-client'
import { asksFor } from '../callbacks/asksFor.js'
import { type BesideAddress, serveBeside } from './besideServer.js'

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
