import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import pThrottle from 'p-throttle'
import tencent from 'tencentcloud-sdk-nodejs-vod'
import { type RequestOf, type ResponseOf, type VodAction, vodApi } from './api.js'
import { type Credentials, credentialSource } from './credentials.js'
import { firstBytes } from './cut.js'
import { InvalidInputError, VodError } from './errors.js'
import { problemOf } from './problemOf.js'
import { openEnded } from './sentence.js'
import { plain } from './visible.js'

/** How the signed client reaches VOD. */
export interface VodClientOptions {
  /** Default `https://vod.intl.tencentcloudapi.com`. `http://127.0.0.1:PORT` is a local VOD. */
  readonly endpoint?: string
  /** Default `default`: environment, credential file, CVM role. */
  readonly credentials?: Credentials
  /** VOD ignores it, and takes any. Default none. */
  readonly region?: string
  /** Default 15,000: the activity around a call has 30 s. */
  readonly timeoutMs?: number
  /**
   * Calls that begin within one second at most; more wait for their turn. Default: as many as are made. A worker's
   * task queues have rates of their own; what calls VOD beside them takes 10.
   */
  readonly callsPerSecond?: number
  /** Told of each call when it has ended, for metrics and traces. It must not throw. Default: nobody. */
  readonly onCall?: (call: ApiCall) => void
}

/** One call, answered or not, or not even sent for want of keys. */
export interface ApiCall {
  readonly action: string
  /** Tencent's code, or `ClientError.*` where no answer came; empty for a success. */
  readonly code: string
  /** Empty when no answer came. */
  readonly requestId: string
  /** When it was sent, ms since the epoch. */
  readonly sentAt: number
  /** From there to the answer. */
  readonly tookMs: number
}

/** `callsPerSecond` of everything outside a worker's queues: VOD's 100 a second belong to the runs. */
export const outsideQueues = 10

export interface CallOptions {
  /** Gives up waiting for the answer. Whether VOD did what was asked is then unknown. */
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** VOD's API, signed. One call is one HTTP request: whoever calls decides about retries. */
export interface VodClient {
  /**
   * @throws InvalidInputError before anything is sent, naming the field.
   * @throws VodError when VOD refuses or does not answer.
   */
  call<A extends VodAction>(action: A, request: RequestOf<A>, options?: CallOptions): Promise<ResponseOf<A>>
  /**
   * Any action at all, as it is: for those that nothing here relies on.
   *
   * @throws VodError when VOD refuses or does not answer.
   */
  send(action: string, request: Json, options?: CallOptions): Promise<Json>
  /** Whether the installed SDK has such an action. */
  knows(action: string): boolean
}

type Json = Readonly<Record<string, unknown>>

export const defaultEndpoint = 'https://vod.intl.tencentcloudapi.com'
const defaultTimeoutMs = 15_000

/** Tencent's official SDK, with what it leaves open: parsed requests and answers, typed errors, keep-alive. */
export function createVodClient(options: VodClientOptions = {}): VodClient {
  const {
    endpoint,
    region,
    credentials = 'default',
    timeoutMs = defaultTimeoutMs,
    callsPerSecond,
    onCall,
  } = options
  const url = endpointOf(endpoint || defaultEndpoint)
  const source = credentialSource(credentials)
  const agent =
    url.protocol === 'http:' ? new HttpAgent({ keepAlive: true }) : new HttpsAgent({ keepAlive: true })
  const sdk = new tencent.vod.v20180717.Client({
    credential: source,
    ...(region === undefined ? {} : { region }),
    profile: {
      httpProfile: {
        endpoint: url.host,
        protocol: `${url.protocol}//`,
        // An agent switches off the SDK's own use of http_proxy, which knows no exceptions.
        ...(usesProxy(url) ? {} : { agent }),
        // Our signal ends a call earlier; the SDK's own timeout cannot be told from other transport errors.
        reqTimeout: 120,
      },
    },
  })

  const turn = callsPerSecond ? pThrottle({ limit: callsPerSecond, interval: 1_000 })(() => {}) : undefined

  async function send(
    action: string,
    request: Json,
    { signal, timeoutMs: callTimeoutMs = timeoutMs }: CallOptions = {},
  ): Promise<Json> {
    await turn?.()
    const sentAt = Date.now()
    const begun = performance.now()
    const tell = (code: string, requestId: string) =>
      onCall?.({ action, code, requestId, sentAt, tookMs: performance.now() - begun })
    await source.getCredential().catch((error: unknown) => {
      if (error instanceof VodError) tell(error.code, '')
      throw error
    })
    const timeout = AbortSignal.timeout(callTimeoutMs)
    try {
      const answer = await sdk.request(action, request, {
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      })
      tell('', requestIdOf(answer))
      return answer
    } catch (error) {
      const failure = failureOf(error)
      tell(failure.code, failure.requestId)
      throw failure
    }

    function failureOf(error: unknown): VodError {
      if (signal?.aborted)
        return new VodError({ action, code: 'ClientError.Aborted', problem: 'the caller gave up' })
      if (!timeout.aborted) return vodErrorOf(action, error)
      const problem = `no answer within ${callTimeoutMs} ms`
      return new VodError({ action, code: 'ClientError.Timeout', problem })
    }
  }

  return {
    send,
    knows: (action) => /^[A-Z]/.test(action) && typeof Object(sdk)[action] === 'function',
    async call(action, request, options) {
      const { request: requestSchema, response: responseSchema } = vodApi[action]
      const sent = requestSchema.safeParse(request)
      if (!sent.success) throw new InvalidInputError(sent.error.issues.map(problemOf))
      const answer = await send(action, sent.data, options)
      const response = responseSchema.safeParse(answer)
      if (response.success) return response.data as ResponseOf<typeof action>
      const problem = response.error.issues
        .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
        .join(', ')
      throw new VodError({
        action,
        code: 'ClientError.BadResponse',
        problem: oneLine(problem),
        requestId: requestIdOf(answer),
      })
    },
  }
}

function endpointOf(endpoint: string): URL {
  if (/^https?:\/\//.test(endpoint) && URL.canParse(endpoint)) return new URL(endpoint)
  const remedy = `give an http or https URL, e.g. ${defaultEndpoint}`
  throw new InvalidInputError([{ field: 'endpoint', problem: `"${endpoint}" is not a URL`, remedy }])
}

/** The SDK reads `http_proxy` for every call; a local VOD is never behind one. */
function usesProxy({ hostname }: URL): boolean {
  const local = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  return !local && Boolean(process.env.http_proxy)
}

/** The SDK's exceptions: an API error has a `code`, another HTTP status an `httpCode`, a transport failure neither. */
function vodErrorOf(action: string, error: unknown): VodError {
  const { code, httpCode, requestId, message, name } = Object(error) as Record<string, unknown>
  const problem = typeof message === 'string' && message !== '' ? oneLine(message) : 'no reason given'
  const at = { action, requestId: requestIdOf({ RequestId: requestId }) }
  if (typeof httpCode === 'number') {
    return new VodError({
      ...at,
      code: 'ClientError.HttpStatus',
      problem: `HTTP status ${httpCode} ${problem}`,
    })
  }
  if (name === 'TencentCloudSDKHttpException' || error instanceof Error) {
    if (typeof code === 'string' && code !== '' && !/^E[A-Z]+$/.test(code))
      return new VodError({ ...at, code: shortId(code), problem })
  }
  const garbage =
    name === 'TypeError' || name === 'SyntaxError' || /invalid json|Unexpected token/i.test(problem)
  return new VodError({ ...at, code: garbage ? 'ClientError.BadResponse' : 'ClientError.Network', problem })
}

/** Of a code or a RequestId: VOD's are words and UUIDs. */
const maxIdBytes = 200

function shortId(text: string): string {
  return plain(firstBytes(text, maxIdBytes))
}

/** As much of a message as a person reads, and nothing that a terminal obeys. It is cut first: an answer may be of any length. */
function oneLine(message: string): string {
  return openEnded(firstBytes(plain(firstBytes(message, 4_000).replace(/\s+/g, ' ')), 1_000))
}

function requestIdOf(answer: unknown): string {
  const { RequestId } = Object(answer) as Record<string, unknown>
  return typeof RequestId === 'string' ? shortId(RequestId) : ''
}
