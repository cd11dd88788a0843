import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

/** Some other system that wants to be told. */
export interface Receiver {
  readonly endpoint: { readonly url: string; readonly secret: string }
  /** Types of the messages that came, in order. */
  readonly types: string[]
  close(): void
}

/** Takes webhooks, and believes only those whose signature is good. */
export function startReceiver(): Promise<Receiver> {
  const secret = `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')}`
  const types: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk
    })
    request.on('end', () => {
      try {
        const message = new Webhook(secret).verify(body, request.headers as Record<string, string>)
        types.push(String((message as { type?: unknown }).type))
        response.writeHead(204).end()
      } catch {
        response.writeHead(401).end()
      }
    })
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`
      resolve({ endpoint: { url, secret }, types, close: () => server.close() })
    })
  })
}
