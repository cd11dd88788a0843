import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

/** Starts a server that receives webhooks and keeps the type of each one with a valid signature. */
export async function startReceiver() {
  const secret = `whsec_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')}`
  const types: string[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    try {
      // Throws unless the signature is valid and at most five minutes old.
      const message = new Webhook(secret).verify(body, request.headers as Record<string, string>)
      types.push((message as { type: string }).type)
      response.writeHead(204).end()
    } catch {
      response.writeHead(401).end()
    }
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`
  return { endpoint: { url, secret }, types, close: () => server.close() }
}
