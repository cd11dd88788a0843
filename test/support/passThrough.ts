import type {
  ClientHttp2Session,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
  ServerHttp2Stream,
} from 'node:http2'

/** Hands a call of gRPC on to the server behind a gate, and its answer back. */
export function passThrough(
  stream: ServerHttp2Stream,
  { ':authority': _, ...headers }: IncomingHttpHeaders,
  behind: ClientHttp2Session,
): void {
  const request = behind.request(headers as OutgoingHttpHeaders)
  let trailers: IncomingHttpHeaders = {}
  request.on('response', (answer, flags) => {
    const ends = (flags & 1) === 1
    stream.respond(answer as OutgoingHttpHeaders, { endStream: ends, waitForTrailers: !ends })
  })
  request.on('trailers', (given) => {
    trailers = given
  })
  stream.on('wantTrailers', () => stream.sendTrailers(trailers as OutgoingHttpHeaders))
  for (const each of [stream, request]) each.on('error', () => {})
  stream.on('close', () => request.close())
  stream.pipe(request)
  request.pipe(stream)
}
