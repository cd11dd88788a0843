import { STATUS_CODES } from 'node:http'
import pThrottle from 'p-throttle'
import { Client } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js'
import { asyncActions } from '../contract/actions.js'
import { aside } from '../contract/aside.js'
import { type Duration, durationIn } from '../contract/duration.js'
import { VodError } from '../contract/errors.js'
import type { Json } from '../contract/json.js'
import { openEnded } from '../contract/sentence.js'
import { syncKindOf } from '../contract/syncActions.js'
import { valid } from '../contract/valid.js'
import { vodApi } from './api.js'
import { problemOfAnswer, withCheckedAnswers } from './checkedAnswers.js'
import { vodClientOptions, vodRequestOptions } from './clientOptions.js'
import { connectionsTo, nothingSent, observed, type RequestProgress } from './connections.js'
import { credentialSource, type SentKeys, type VodCredentials } from './credentials.js'
import { defaultEndpoint, parseEndpoint } from './endpoint.js'
import { parsed, problemsOf } from './problemOf.js'
import type { VodAction, VodRequest } from './requests.js'
import type { VodResponse } from './responses.js'
import { requireIds } from './schemas/ids.js'
import { withoutKeys } from './withoutKeys.js'

/** Options of the signed client for VOD's API. */
export interface VodClientOptions {
  /**
   * Default `https://vod.intl.tencentcloudapi.com`. Use `http://127.0.0.1:PORT` for a local VOD. Calls go through the proxy that
   * HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY configure.
   */
  readonly endpoint?: string | undefined
  /** Default `default`: the environment, else the credential file, else the CVM role. */
  readonly credentials?: VodCredentials | undefined
  /** VOD accepts any region and ignores it. Default: none. */
  readonly region?: string | undefined
  /** Default 15 s. The activity that makes a call has 30 s. */
  readonly timeout?: Duration | undefined
  /**
   * The largest number of calls that start within one second; further calls wait. Default: no limit. A worker's task queues have
   * rates of their own; everything else that calls VOD uses 10.
   */
  readonly callsPerSecond?: number | undefined
  /** Called when a call has ended, for metrics and traces. If it fails, Node emits a warning, once, and the call is not affected. */
  readonly onCall?: ((call: ApiCall) => void) | undefined
}

/** One call that was answered, that was not answered, or that was not sent because there were no keys. */
export interface ApiCall {
  /** Action of VOD's API. */
  readonly action: string
  /** Tencent's code, or `ClientError.*` if no answer arrived. Empty for a success. */
  readonly code: string
  /** Empty if no answer arrived. */
  readonly requestId: string
  /** The time when it was sent, in ms since the epoch. */
  readonly sentAt: number
  /** The time from `sentAt` to the answer, in ms. */
  readonly tookMs: number
}

/** The `callsPerSecond` of everything outside a worker's queues. The runs need VOD's limit of 100 a second. */
export const outsideQueues = 10

/** Options of one call. */
export interface VodRequestOptions {
  /** Stops waiting for the answer. It is then unknown whether VOD did the work. */
  readonly signal?: AbortSignal | undefined
  /** Timeout of the call. Default: that of the client. */
  readonly timeout?: Duration | undefined
}

/** A signed client for VOD's API. One call is one HTTP request: retries are up to the caller. */
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
   * Sends a request of any action unchanged, and returns the answer unparsed.
   *
   * @throws InvalidInputError before anything is sent, if an id in the request is malformed.
   * @throws VodError when VOD refuses or does not answer.
   */
  send(
    action: string,
    request: Readonly<Record<string, unknown>>,
    options?: VodRequestOptions,
  ): Promise<Readonly<Record<string, unknown>>>
  /** Returns true if the installed SDK has this action. */
  knows(action: string): boolean
}

const usualTimeoutMs = 15_000

/**
 * Creates a client on top of Tencent's official SDK. It adds parsed requests and answers, typed errors, shared connections and proxies.
 *
 * @throws InvalidInputError if an option is unknown, or if the endpoint, the keys or the proxy cannot be used. The error contains none of
 *   them.
 */
export function createVodClient(options: VodClientOptions = {}): VodClient {
  return vodClientOf(options, '')
}

/** Creates a client whose messages name its options with this prefix, e.g. `accounts.default.`. */
export function vodClientOf(options: VodClientOptions, field: string): VodClient {
  valid(vodClientOptions, options, field.replace(/\.$/, ''))
  const { endpoint = defaultEndpoint, region, credentials = 'default', callsPerSecond, onCall } = options
  const defaultTimeoutMs = durationIn(`${field}timeout`, options.timeout ?? usualTimeoutMs)
  const url = parseEndpoint(`${field}endpoint`, endpoint)
  const source = credentialSource(credentials, `${field}credentials`)
  const sdkWith = (reused: boolean) => {
    const client = new Client({
      // Each call has keys of its own.
      credential: {},
      ...(region === undefined ? {} : { region }),
      profile: {
        httpProfile: {
          endpoint: url.host,
          protocol: `${url.protocol}//`,
          agent: connectionsTo(url, { reused }),
          // Our signal ends a call earlier. The SDK's own timeout cannot be distinguished from other transport errors.
          reqTimeout: 120,
        },
      },
    })
    return withCheckedAnswers(client)
  }
  const reusing = sdkWith(true)
  const fresh = sdkWith(false)

  let hasWarned = false
  const warn = () => {
    if (!hasWarned) process.emitWarning('onCall of a VOD client failed, which has no effect on its calls')
    hasWarned = true
  }
  const watch = (call: ApiCall) => aside(() => onCall?.(call), warn)

  const turn = callsPerSecond ? pThrottle({ limit: callsPerSecond, interval: 1_000 })(() => {}) : undefined

  async function sendParsed(action: string, request: Json, options: VodRequestOptions = {}): Promise<Json> {
    const { signal, timeout = defaultTimeoutMs } = valid(vodRequestOptions, options, 'options')
    await turn?.()
    const sentAt = Date.now()
    const startedAt = performance.now()
    const report = (code: string, requestId: string) =>
      watch({ action, code, requestId, sentAt, tookMs: performance.now() - startedAt })
    const keys = await source.getCredential().catch((error: unknown) => {
      if (error instanceof VodError) report(error.vodCode, '')
      throw error
    })
    const timeoutMs = durationIn('timeout', timeout)
    const late = AbortSignal.timeout(timeoutMs)
    const sending = nothingSent([late, ...(signal ? [signal] : [])])
    const sdk = signingWith(keys, isSafeToRepeat(action, request) ? reusing : fresh)
    try {
      const given = await observed(sending, () => sdk.request(action, request, { signal: sending.over }))
      const answer = withoutKeys(given, keys)
      report('', requestIdOf(answer))
      return answer
    } catch (error) {
      const failure = failureOf(error)
      // The rest of the answer is never read.
      sending.brokenOff.abort()
      report(failure.vodCode, failure.requestId)
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

/** Returns the client for one call with these keys, so that the keys which an answer may repeat are known, also while keys are rotated. */
function signingWith(keys: SentKeys, client: Client): Client {
  return Object.create(client, { credential: { value: keys } })
}

/** Returns true if VOD does the work of a repeated request only once. VOD recognizes a repeated submit by its SessionId. */
function isSafeToRepeat(action: string, { SessionId }: Json): boolean {
  if (syncKindOf(action) !== 'write') return true
  return Object.hasOwn(asyncActions, action) && typeof SessionId === 'string' && SessionId !== ''
}

/**
 * Converts an error of the SDK. Only a message of VOD itself is passed on. The message of any other error may quote a header or a URL, so
 * the progress of the request decides which error it is.
 */
function vodErrorOf(
  action: string,
  error: unknown,
  { sending, keys }: { readonly sending: RequestProgress; readonly keys: SentKeys },
): VodError {
  const { code, httpCode, message, requestId: named } = Object(error) as Record<string, unknown>
  const requestId = requestIdOf(withoutKeys({ requestId: named }, keys))
  const failed = (failure: string, problem: string) =>
    new VodError({ action, code: `ClientError.${failure}`, problem, requestId })
  if (typeof httpCode === 'number')
    return failed('HttpStatus', `HTTP status ${httpCode} ${STATUS_CODES[httpCode] ?? ''}`.trim())
  const { made, connected, answered, broken } = sending
  if (!made) return failed('BadRequest', 'the request could not be built')
  if (!connected) return failed('NotConnected', `no connection (${broken ?? 'without a code'})`)
  if (!answered || broken !== undefined)
    return failed('Network', `the connection broke (${broken ?? 'without a code'})`)
  const unusable = problemOfAnswer(error)
  if (unusable !== undefined) return failed('BadResponse', unusable)
  if (typeof code !== 'string' || !/^[A-Za-z][\w.-]{0,199}$/.test(code) || withoutKeys(code, keys) !== code)
    return failed('BadResponse', 'the answer is not what VOD documents')
  // It is cut first, because the redaction takes time by its length.
  const said = typeof message === 'string' ? message.slice(0, 4 * maxProblem) : ''
  const problem = oneLine(withoutKeys(said, keys)) || 'no reason given'
  return new VodError({ action, code, problem, requestId })
}

/** The longest message of VOD in an error, in characters. */
const maxProblem = 500

/** Returns a message on one line. */
function oneLine(message: string): string {
  return openEnded(message.slice(0, maxProblem).replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' '))
}

/** Returns the request id of an answer or of an error. */
function requestIdOf(answered: unknown): string {
  const { RequestId, requestId = RequestId } = Object(answered) as Record<string, unknown>
  return typeof requestId === 'string' && /^[\w-]{1,100}$/.test(requestId) ? requestId : ''
}
