import type { DataConverter } from '@temporalio/common'
import { BodyReader } from '../../callbacks/bodyReader.js'
import type { Logger } from '../../callbacks/index.js'
import type { Access } from './access.js'
import { decodeAll, payloadsSchema } from './payloads.js'

export interface CodecHandlerOptions {
  /** Decrypts, see `payloadEncryption`. */
  readonly dataConverter: DataConverter
  /** Origins of the pages that may ask: the Temporal UI's, `https://temporal.example.com`. */
  readonly origins: readonly string[]
  /** Without it whoever reaches it may ask; only for a server that this machine alone reaches. */
  readonly access: Access | undefined
  /** Who has read how much, never what. */
  readonly logger: Logger
}

/** What a gRPC answer of Temporal holds at most, 4 MiB, as base64 and JSON. */
const maxBytes = 8 * 1024 * 1024
const limits = { maxBytes, timeoutMs: 10_000, maxTotalBytes: 8 * maxBytes }

const anybodyHere = 'somebody on this machine'

/**
 * A codec server for the Temporal UI and the `temporal` command: `POST /decode` answers with the payloads decrypted. There is no
 * `/encode`: it is for reading. Those that cannot be decrypted come back as they were.
 */
export function createCodecHandler(options: CodecHandlerOptions): (request: Request) => Promise<Response> {
  const { origins, access, logger } = options
  const bodies = new BodyReader(limits)
  return async (request) => {
    const origin = request.headers.get('origin') ?? undefined
    // A page that is not listed gets nothing, not even an answer that it could not read.
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

/** The answer to a request that does not come from this machine. */
function refuseElsewhere(request: Request, logger: Logger): Response | undefined {
  // A name that a page has pointed at this machine is not this machine's.
  if (!isLoopback(request)) return answer(403, 'ask for 127.0.0.1 or localhost')
  const forwarded = forwardedBy(request)
  if (forwarded === undefined) return undefined
  logger.warn({ header: forwarded }, 'refused a request of a proxy: no access is configured')
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
  const who = access ? await access(bearer) : anybodyHere
  if (who === undefined) {
    logger.warn({ namespace, token: bearer === undefined ? 'none' : 'not valid' }, 'refused to decode')
    return answer(401, 'give a token that may: Authorization: Bearer ...')
  }
  const read = await bodies.read(request)
  if ('unread' in read)
    return answer(read.unread === 'too-large' ? 413 : 408, `the request is ${read.unread}`)
  const parsed = payloadsSchema.safeParse(jsonOf(read.body))
  if (!parsed.success) return answer(400, 'the request is no {"payloads":[...]}')
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
    ? `it looks like one of a proxy (${header}): keep the connection open, or ${proxyRemedy}`
    : `it comes through a proxy (${header}): ${proxyRemedy}`
}

const closing = 'connection: close'

/** What proxies and the edges of clouds add, whatever their configuration. */
const proxyHeaders =
  /^(forwarded|via|x-forwarded(-.*)?|x-real-ip|x-client-ip|x-cluster-client-ip|x-original-.*|x-envoy-.*|x-proxy.*|x-amzn-trace-id|x-cloud-trace-context|x-appengine-.*|cf-.*|true-client-ip|fastly-.*|cdn-loop|x-request-start|proxy-.*)$/

/**
 * What tells that somebody else asks through this machine. A proxy may hide itself, so this is no lock. nginx adds no header by itself:
 * until 1.29.7 it closes the connection after each request, which neither a browser nor the `temporal` command does.
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

function answer(status: number, problem: string): Response {
  return Response.json({ error: problem }, { status })
}
