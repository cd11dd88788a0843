import { connect, createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'

/** A Temporal whose authorizer refuses one method to everybody: PERMISSION_DENIED. */
export async function startForbidding(
  temporal: string,
  method: string,
): Promise<{ readonly address: string; close(): void }> {
  const behind = connect(`http://${temporal}`)
  const gate = createServer()
  gate.on('stream', (stream, { ':authority': _, ...headers }) => {
    stream.on('error', () => {})
    if (headers[':path']?.endsWith(`/${method}`)) {
      const refusal = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '7' }
      stream.respond(refusal, { endStream: true })
      return
    }
    const request = behind.request(headers as OutgoingHttpHeaders)
    let trailers: IncomingHttpHeaders = {}
    request.on('error', () => {})
    request.on('response', (answer, flags) => {
      const ends = (flags & 1) === 1
      stream.respond(answer as OutgoingHttpHeaders, { endStream: ends, waitForTrailers: !ends })
    })
    request.on('trailers', (given) => {
      trailers = given
    })
    stream.on('wantTrailers', () => stream.sendTrailers(trailers as OutgoingHttpHeaders))
    stream.on('close', () => request.close())
    stream.pipe(request)
    request.pipe(stream)
  })
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(gate.address() as AddressInfo).port}`,
    close() {
      behind.destroy()
      gate.close()
    },
  }
}
