import { connect, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { passThrough } from './passThrough.js'

/** A Temporal whose authorizer refuses one method to everybody: PERMISSION_DENIED. */
export async function startForbidding(
  temporal: string,
  method: string,
): Promise<{ readonly address: string; close(): void }> {
  const behind = connect(`http://${temporal}`)
  const gate = createServer()
  gate.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    if (headers[':path']?.endsWith(`/${method}`)) {
      const refusal = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '7' }
      stream.respond(refusal, { endStream: true })
      return
    }
    passThrough(stream, headers, behind)
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
