import { STATUS_CODES } from 'node:http'
import pThrottle from 'p-throttle'
import { Client } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js'
import { asyncActions } from '../contract/actions.js'
import { type Duration, durationIn } from '../contract/duration.js'
import { VodError } from '../contract/errors.js'
import type { Json } from '../contract/json.js'
import { openEnded } from '../contract/sentence.js'
import { syncKindOf } from '../contract/syncActions.js'
import { type VodAction, type VodRequest, type VodResponse, vodApi } from './api.js'
import { isTooLarge, tooLarge, withBoundedAnswers } from './boundedAnswers.js'
import { connectionsTo, nothingSent, observed, type RequestProgress } from './connections.js'
import { credentialSource, type SecretKeys, type VodCredentials } from './credentials.js'
import { defaultEndpoint, parseEndpoint } from './endpoint.js'
import { parsed, problemsOf } from './problemOf.js'
import { requireIds } from './schemas/ids.js'

/** How the signed client reaches VOD. */
export interface VodClientOptions {
  /**
   * Default `https://vod.intl.tencentcloudapi.com`. `http://127.0.0.1:PORT` is a local VOD. Calls go through the proxy that HTTPS_PROXY,
   * HTTP_PROXY, ALL_PROXY and NO_PROXY name.
   */
  readonly endpoint?: string
  /** Default `default`: environment, credential file, CVM role. */
  readonly credentials?: VodCredentials
  /** VOD ignores it, and takes any. Default none. */
  readonly region?: string
  /** Default 15 s: the activity around a call has 30 s. */
  readonly timeout?: Duration
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
  /** Action of VOD's API. */
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

/** Options of one call. */
export interface VodRequestOptions {
  /** Gives up waiting for the answer. Whether VOD did what was asked is then unknown. */
  readonly signal?: AbortSignal
  /** Timeout of the call. Default: that of the client. */
  readonly timeout?: Duration
}

/** VOD's API, signed. One call is one HTTP request: whoever calls decides about retries. */
export interface VodClient {
  /**
   * Calls an action whose request and answer are checked.
   *
   * @throws InvalidInputError before anything is sent, naming the field.
   * @throws VodError when VOD refuses or does not answer.
   */
  call<A extends VodAction>(
    action: A,
    request: VodRequest<A>,
    options?: VodRequestOptions,
  ): Promise<VodResponse<A>>
  /**
   * Any action at all, as it is: for those that nothing here relies on.
   *
   * @throws InvalidInputError before anything is sent, when an id in the request can be none.
   * @throws VodError when VOD refuses or does not answer.
   */
  send(
    action: string,
    request: Readonly<Record<string, unknown>>,
    options?: VodRequestOptions,
  ): Promise<Readonly<Record<string, unknown>>>
  /** Whether the installed SDK has such an action. */
  knows(action: string): boolean
}

const usualTimeoutMs = 15_000

/**
 * Tencent's official SDK, with what it leaves open: parsed requests and answers, typed errors, shared connections, proxies.
 *
 * @param field - where the options were given, for messages, e.g. `accounts.default.`; default: nowhere.
 * @throws InvalidInputError when the endpoint, the keys or the proxy cannot be used; it shows none of them.
 */
export function createVodClient(options: VodClientOptions = {}, field = ''): VodClient {
  const { endpoint, region, credentials = 'default', callsPerSecond, onCall } = options
  const defaultTimeoutMs = durationIn(`${field}timeout`, options.timeout ?? usualTimeoutMs)
  const url = parseEndpoint(`${field}endpoint`, endpoint || defaultEndpoint)
  const source = credentialSource(credentials, `${field}credentials`)
  const sdkWith = (reused: boolean) => {
    const client = new Client({
      credential: source,
      ...(region === undefined ? {} : { region }),
      profile: {
        httpProfile: {
          endpoint: url.host,
          protocol: `${url.protocol}//`,
          agent: connectionsTo(url, { reused }),
          // Our signal ends a call earlier; the SDK's own timeout cannot be told from other transport errors.
          reqTimeout: 120,
        },
      },
    })
    return withBoundedAnswers(client)
  }
  const reusing = sdkWith(true)
  const fresh = sdkWith(false)

  const turn = callsPerSecond ? pThrottle({ limit: callsPerSecond, interval: 1_000 })(() => {}) : undefined

  async function sendParsed(
    action: string,
    request: Json,
    { signal, timeout = defaultTimeoutMs }: VodRequestOptions = {},
  ): Promise<Json> {
    await turn?.()
    const sentAt = Date.now()
    const begun = performance.now()
    const tell = (code: string, requestId: string) =>
      onCall?.({ action, code, requestId, sentAt, tookMs: performance.now() - begun })
    const keys = await source.getCredential().catch((error: unknown) => {
      if (error instanceof VodError) tell(error.code, '')
      throw error
    })
    const timeoutMs = durationIn('timeout', timeout)
    const late = AbortSignal.timeout(timeoutMs)
    const sending = nothingSent([late, ...(signal ? [signal] : [])])
    const sdk = isSafeToRepeat(action, request) ? reusing : fresh
    try {
      const answer = await observed(sending, () => sdk.request(action, request, { signal: sending.over }))
      tell('', requestIdOf(answer))
      return answer
    } catch (error) {
      const failure = failureOf(error)
      // Nobody reads what may still come.
      sending.brokenOff.abort()
      tell(failure.code, failure.requestId)
      throw failure
    }

    function failureOf(error: unknown): VodError {
      if (signal?.aborted)
        return new VodError({ action, code: 'ClientError.Aborted', problem: 'the caller gave up' })
      if (!late.aborted) return vodErrorOf(action, error, { sending, keys })
      const problem = `no ${sending.connected ? 'answer' : 'connection'} within ${timeoutMs} ms`
      const code = sending.connected ? 'ClientError.Timeout' : 'ClientError.NotConnected'
      return new VodError({ action, code, problem })
    }
  }

  return {
    async send(action, request, options) {
      requireIds(request)
      return sendParsed(action, request, options)
    },
    knows: (action) => /^[A-Z]/.test(action) && typeof Object(reusing)[action] === 'function',
    async call(action, request, options) {
      const { request: requestSchema, response: responseSchema } = vodApi[action]
      const answer = await sendParsed(action, parsed(requestSchema, request), options)
      const response = responseSchema.safeParse(answer)
      if (response.success) return response.data as VodResponse<typeof action>
      const problem = problemsOf(responseSchema, answer)
        .map((each) => `${each.field}: ${each.problem}`)
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

/** Whether VOD does the work of a request once, however often it gets it. VOD recognizes a repeated submit by its SessionId. */
function isSafeToRepeat(action: string, { SessionId }: Json): boolean {
  if (syncKindOf(action) !== 'write') return true
  return Object.hasOwn(asyncActions, action) && typeof SessionId === 'string' && SessionId !== ''
}

/**
 * What the SDK threw. Only what VOD itself said is passed on. The message of any other error may quote a header or a URL, so the error is told by
 * what became of the request.
 */
function vodErrorOf(
  action: string,
  error: unknown,
  { sending, keys }: { readonly sending: RequestProgress; readonly keys: SecretKeys },
): VodError {
  const { code, httpCode, message } = Object(error) as Record<string, unknown>
  const failed = (failure: string, problem: string) =>
    new VodError({ action, code: `ClientError.${failure}`, problem, requestId: requestIdOf(error) })
  if (typeof httpCode === 'number')
    return failed('HttpStatus', `HTTP status ${httpCode} ${STATUS_CODES[httpCode] ?? ''}`.trim())
  const { made, connected, answered, broken } = sending
  if (!made) return failed('BadRequest', 'the request could not be built')
  if (!connected) return failed('NotConnected', `no connection (${broken ?? 'without a code'})`)
  if (!answered || broken !== undefined)
    return failed('Network', `the connection broke (${broken ?? 'without a code'})`)
  if (isTooLarge(error)) return failed('BadResponse', tooLarge)
  if (typeof code !== 'string' || !/^[A-Za-z][\w.-]{0,199}$/.test(code))
    return failed('BadResponse', 'the answer is not what VOD documents')
  const problem = oneLine(typeof message === 'string' ? message : '', keys) || 'no reason given'
  return new VodError({ action, code, problem, requestId: requestIdOf(error) })
}

/** Longest words of VOD in an error, in characters. */
const maxProblem = 500

/** What VOD said, on one line, without the keys of the call. It is cut first: what follows takes time by its length. */
function oneLine(message: string, keys: Partial<SecretKeys> = {}): string {
  let text = message.slice(0, 4 * maxProblem)
  for (const secret of Object.values(keys))
    for (const form of [secret, encodeURIComponent(secret)]) text = text.replaceAll(form, '[redacted]')
  return openEnded(text.slice(0, maxProblem).replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' '))
}

/** Of an answer, or of the SDK's error. */
function requestIdOf(answered: unknown): string {
  const { RequestId, requestId = RequestId } = Object(answered) as Record<string, unknown>
  return typeof requestId === 'string' && /^[\w-]{1,100}$/.test(requestId) ? requestId : ''
}
