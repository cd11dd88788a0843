import type { DataConverter } from '@temporalio/common'
import { BodyReader } from '../../callbacks/bodyReader.js'
import type { EventLogger } from '../../callbacks/index.js'
import type { Access } from './access.js'
import { decodeAll, payloadsSchema } from './payloads.js'

export interface CodecHandlerOptions {
  /** The converter that decrypts; see `payloadEncryption`. */
  readonly dataConverter: DataConverter
  /** Origins of the pages that may call the server: that of the Temporal UI, e.g. `https://temporal.example.com`. */
  readonly origins: readonly string[]
  /** Without it, everyone who reaches the server may read. Omit it only for a server that just this machine can reach. */
  readonly access: Access | undefined
  /** Logs who has read how many payloads, but never their content. */
  readonly logger: EventLogger
}

/** Fits the largest gRPC answer of Temporal, 4 MiB, as base64 and JSON. */
const maxBytes = 8 * 1024 * 1024
const limits = { maxBytes, timeoutMs: 10_000, maxTotalBytes: 8 * maxBytes }

const anyoneHere = 'someone on this machine'

/**
 * Creates the handler of a codec server for the Temporal UI and the `temporal` command. `POST /decode` answers with the decrypted payloads;
 * payloads that cannot be decrypted are returned unchanged. There is no `/encode`, because the server is for reading only.
 */
export function createCodecHandler(options: CodecHandlerOptions): (request: Request) => Promise<Response> {
  const { origins, access, logger } = options
  const bodies = new BodyReader(limits)
  return async (request) => {
    const origin = request.headers.get('origin') ?? undefined
    // A page that is not listed gets no CORS headers, and no payload is decoded for it.
    if (origin !== undefined && !origins.includes(origin))
      return answer(403, `the origin ${origin} is not listed`)
    const refused = access ? undefined : refuseElsewhere(request, logger)
    if (refused) return refused
    const response =
      request.method === 'OPTIONS'
        ? new Response(null, { status: 204 })
        : await decode(request, { ...options, bodies })
    const headers = origin === undefined ? {} : corsHeaders(origin)
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value)
    return response
  }
}

/** Returns the answer to a request that does not come from this machine. */
function refuseElsewhere(request: Request, logger: EventLogger): Response | undefined {
  // A foreign page may use a host name that resolves to this machine (DNS rebinding).
  if (!isLoopback(request)) return answer(403, 'use 127.0.0.1 or localhost')
  const forwarded = forwardedBy(request)
  if (forwarded === undefined) return undefined
  logger.warn({ header: forwarded }, 'refused a request from a proxy: no access is configured')
  return answer(403, proxyProblem(forwarded))
}

async function decode(
  request: Request,
  { dataConverter, access, logger, bodies }: CodecHandlerOptions & { readonly bodies: BodyReader },
): Promise<Response> {
  if (!new URL(request.url).pathname.endsWith('/decode')) return answer(404, 'there is only POST /decode')
  if (request.method !== 'POST') return answer(405, 'there is only POST /decode')
  const [, bearer] = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  const namespace = (request.headers.get('x-namespace') ?? '').slice(0, 200)
  const identity = access ? await access(bearer) : { who: anyoneHere }
  if ('unreadable' in identity) {
    const { unreadable: problem } = identity
    logger.warn({ namespace, problem }, 'refused to decode: the JWKS of the issuer cannot be read')
    return answer(503, 'tokens cannot be checked now; try again later', { 'retry-after': '10' })
  }
  if ('tokenIs' in identity) {
    logger.warn({ namespace, tokenIs: identity.tokenIs }, 'refused to decode')
    return answer(401, 'send a token with access: Authorization: Bearer ...')
  }
  const { who } = identity
  const read = await bodies.read(request)
  if ('unread' in read)
    return answer(read.unread === 'too-large' ? 413 : 408, `the request is ${read.unread}`)
  const parsed = payloadsSchema.safeParse(jsonOf(read.body))
  if (!parsed.success) return answer(400, 'the request is not {"payloads":[...]}')
  const { payloads, unread } = await decodeAll(parsed.data.payloads, dataConverter)
  logger.info({ who, namespace, payloads: payloads.length, unread }, 'decoded')
  return Response.json({ payloads }, { headers: { 'cache-control': 'no-store' } })
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

function isLoopback(request: Request): boolean {
  const host = (request.headers.get('host') ?? '').replace(/:\d+$/, '')
  return ['127.0.0.1', 'localhost', '[::1]'].includes(host)
}

const proxyRemedy = 'start vodflow codec with VODFLOW_CODEC_TOKENS, or with --jwks, --issuer and --audience'

function proxyProblem(header: string): string {
  return header === closing
    ? `the request looks like one from a proxy (${header}): keep the connection open, or ${proxyRemedy}`
    : `the request comes through a proxy (${header}): ${proxyRemedy}`
}

const closing = 'connection: close'

/** Headers that proxies and the edges of clouds add in any configuration. */
const proxyHeaders =
  /^(forwarded|via|x-forwarded(-.*)?|x-real-ip|x-client-ip|x-cluster-client-ip|x-original-.*|x-envoy-.*|x-proxy.*|x-amzn-trace-id|x-cloud-trace-context|x-appengine-.*|cf-.*|true-client-ip|fastly-.*|cdn-loop|x-request-start|proxy-.*)$/

/**
 * Returns the header that shows that a request came through a proxy on this machine. It is a hint, not access control, because a proxy can
 * hide itself. By default, nginx adds no header, but before 1.29.7 it closes the connection after each request, which neither a browser
 * nor the `temporal` command does.
 */
function forwardedBy({ headers }: Request): string | undefined {
  if (headers.get('connection')?.toLowerCase() === 'close') return closing
  return [...headers.keys()].find((name) => proxyHeaders.test(name))
}

function corsHeaders(origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'authorization, content-type, x-namespace',
    'access-control-allow-credentials': 'true',
    'access-control-allow-private-network': 'true',
    'access-control-max-age': '600',
    vary: 'origin',
  }
}

function answer(status: number, problem: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: problem }, { status, headers })
}
