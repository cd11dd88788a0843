import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { parse as parseQuery } from 'node:querystring'
import type { Books } from '../books.js'
import type { Action, Context } from '../context.js'
import { msOf } from '../duration.js'
import type { RateLimits } from '../rateLimits.js'
import { ApiError } from './apiError.js'
import { readBody } from './body.js'
import { unflatten } from './flat.js'
import { type SignedRequest, verifyTc3, verifyV1 } from './signature.js'

export interface ApiOptions {
  readonly context: Context
  readonly actions: ReadonlyMap<string, Action>
  readonly rateLimits: RateLimits
  readonly books: Books
  readonly secretId: string
  readonly secretKey: string
}

/** POST with a TC3 signature accepts 10 MB. */
const maxBody = 10 * 1024 * 1024
const apiVersion = '2018-07-17'

/** Serves Tencent Cloud API 3.0 on one address. The answer is always HTTP 200 with exactly `application/json`. */
export function createApi({ context, actions, rateLimits, books, secretId, secretKey }: ApiOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { clock } = context
    const answer = (body: Reply['body']) => {
      const date = new Date(clock.now()).toUTCString()
      response.writeHead(200, { 'content-type': 'application/json', date })
      response.end(JSON.stringify({ Response: { ...body, RequestId: randomUUID() } }))
    }
    let action = ''
    let SessionId = ''
    try {
      const call = await readCall(request)
      action = call.action
      verify(call, {
        secretKeyOf: (id) => (id === secretId ? secretKey : undefined),
        nowSeconds: Math.floor(clock.now() / 1000),
        ignoreSkew: context.switches.ignoreSkew,
      })
      const params = call.params()
      SessionId = String(params.SessionId ?? '')
      const run = actionOf(call, actions)
      rateLimits.count(action)
      if (context.faults.strike('hang', action)) return
      await strikeBefore(action, context)
      const { code, body } = await books.whileUnderWay(() => replyOf(async () => run(context, params)))
      const lost = strikeAfter(action, { code, context })
      books.call({ at: clock.now(), action, SessionId, code, ...(lost ? { lost: true } : {}) })
      if (lost === 'badGateway') response.writeHead(502).end('bad gateway')
      else if (lost === 'loseReply') request.socket.destroy()
      else answer(body)
    } catch (error) {
      const { code, body } = errorReply(error)
      books.call({ at: clock.now(), action, SessionId, code })
      answer(body)
    }
  }
}

function actionOf({ version, action }: Call, actions: ApiOptions['actions']): Action {
  if (version !== apiVersion)
    throw new ApiError('NoSuchVersion', `The API version \`${version}\` does not exist.`)
  const run = actions.get(action)
  if (run) return run
  const problem = 'does not exist, or is not imitated by the local VOD'
  throw new ApiError('InvalidAction', `The API action \`${action}\` ${problem}.`)
}

/** Applies the scripted faults before a call is carried out. */
async function strikeBefore(action: string, { clock, faults }: Context): Promise<void> {
  const slow = faults.strike('slow', action)
  if (slow) await clock.sleep(msOf(slow.delay))
  const error = faults.strike('error', action)
  if (error) throw new ApiError(error.code, 'A scripted fault.')
}

/** Applies the scripted faults after a call was carried out. Returns how its reply is lost, if it is. */
function strikeAfter(
  action: string,
  { code, context: { faults } }: { readonly code: string; readonly context: Context },
): 'badGateway' | 'loseReply' | undefined {
  const error = code === '' ? faults.strike('errorAfter', action) : undefined
  if (error) throw new ApiError(error.code, 'A scripted fault; the call was carried out.')
  if (faults.strike('badGateway', action)) return 'badGateway'
  return faults.strike('loseReply', action) ? 'loseReply' : undefined
}

/** The `code` is empty if the call succeeded. */
interface Reply {
  readonly code: string
  readonly body: Readonly<Record<string, unknown>>
}

/** Returns an error as a reply, because it can be lost like any other. */
async function replyOf(run: () => Promise<Reply['body']>): Promise<Reply> {
  try {
    return { code: '', body: await run() }
  } catch (error) {
    return errorReply(error)
  }
}

function errorReply(error: unknown): Reply {
  const known =
    error instanceof ApiError
      ? error
      : new ApiError('InternalError', error instanceof Error ? error.message : String(error))
  return { code: known.code, body: { Error: { Code: known.code, Message: known.message } } }
}

interface Call extends SignedRequest {
  readonly action: string
  readonly version: string
  /** Set for a v1 signature, which is one of the parameters. */
  readonly form?: URLSearchParams
  params(): Record<string, unknown>
}

/** Names that are not parameters of the action. */
const common = new Set([
  'Action',
  'Version',
  'Region',
  'Timestamp',
  'Nonce',
  'SecretId',
  'Signature',
  'SignatureMethod',
  'Token',
  'Language',
  'RequestClient',
])

async function readCall(request: IncomingMessage): Promise<Call> {
  const url = new URL(request.url ?? '/', 'http://local')
  const method = request.method ?? ''
  const query = url.search.slice(1)
  const body = await readBody(request, maxBody)
  if (!body) throw new ApiError('RequestSizeLimitExceeded', 'The request is larger than 10 MB.')
  const signed = { method, query, headers: request.headers, body }
  const isForm = String(request.headers['content-type']).startsWith('application/x-www-form-urlencoded')
  const flat = (text: string) =>
    unflatten(Object.entries(parseQuery(text)).filter(([name]) => !common.has(name)) as [string, string][])
  if (!request.headers.authorization) {
    const text = method === 'GET' ? query : body.toString()
    const form = new URLSearchParams(text)
    return {
      ...signed,
      action: form.get('Action') ?? '',
      version: form.get('Version') ?? '',
      form,
      params: () => flat(text),
    }
  }
  const action = String(request.headers['x-tc-action'] ?? '')
  const version = String(request.headers['x-tc-version'] ?? '')
  return {
    ...signed,
    action,
    version,
    params: () =>
      method === 'GET' || isForm ? flat(method === 'GET' ? query : body.toString()) : parseJson(body),
  }
}

function verify(call: Call, verifier: Parameters<typeof verifyTc3>[1]): void {
  if (!call.form) verifyTc3(call, verifier)
  else if (call.form.get('Signature')) verifyV1(call, call.form, verifier)
  else throw new ApiError('AuthFailure.InvalidAuthorization', 'The request is not signed.')
}

function parseJson(body: Buffer): Record<string, unknown> {
  if (body.length === 0) return {}
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {}
  throw new ApiError('InvalidRequest', 'The body is not a JSON object.')
}
