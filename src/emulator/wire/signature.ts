import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { ApiError } from './apiError.js'

export interface SignedRequest {
  readonly method: string
  /** The raw query, because SDKs do not sort it again. */
  readonly query: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface Verifier {
  /** Returns the secret key of a SecretId, or undefined if the SecretId is unknown. */
  readonly secretKeyOf: (secretId: string) => string | undefined
  /** Seconds since the epoch. */
  readonly nowSeconds: number
  readonly ignoreSkew?: boolean
}

/** "Signature v3" allows five minutes either way. */
const maxSkewSeconds = 300

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex')
const hmac = (key: string | Buffer, content: string) => createHmac('sha256', key).update(content).digest()

const pattern =
  /^TC3-HMAC-SHA256 Credential=([^/]+)\/(\d{4}-\d\d-\d\d)\/([^/]+)\/tc3_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

/**
 * Checks TC3-HMAC-SHA256 as Tencent documents it. The official SDKs differ in what they sign for a custom
 * endpoint: Node signs the host without its port and takes the service from the first label of the host, Python
 * and Go sign the host with its port and `vod`. So this accepts the scope of the request and tries both hosts.
 */
export function verifyTc3(
  request: SignedRequest,
  { secretKeyOf, nowSeconds, ignoreSkew = false }: Verifier,
): void {
  const [, secretId, date, service, signedHeaders, signature] =
    pattern.exec(header(request, 'authorization')) ?? []
  if (!secretId || !date || !service || !signedHeaders || !signature) {
    throw new ApiError('AuthFailure.InvalidAuthorization', 'The request header `Authorization` is invalid.')
  }
  const timestamp = Number(header(request, 'x-tc-timestamp'))
  const secretKey = secretKeyOf(secretId)
  if (secretKey === undefined)
    throw new ApiError(
      'AuthFailure.SecretIdNotFound',
      'The SecretId is not found, please ensure that your SecretId is correct.',
    )
  const skewed = !ignoreSkew && Math.abs(nowSeconds - timestamp) > maxSkewSeconds
  if (!Number.isInteger(timestamp) || skewed) {
    throw new ApiError('AuthFailure.SignatureExpire', 'Signature expired.')
  }
  const day = new Date(timestamp * 1000).toISOString().slice(0, 10)
  const names = signedHeaders.split(';')
  const host = header(request, 'host')
  const headerLines = [host, host.replace(/:\d+$/, '')].flatMap((signedHost) => {
    const lines = names.map(
      (name) => `${name}:${(name === 'host' ? signedHost : header(request, name)).trim()}\n`,
    )
    // Tencent's guide signs the values in lower case, its SDKs as they are sent.
    return [lines.join(''), lines.join('').toLowerCase()]
  })
  const matches = headerLines.some((canonicalHeaders) => {
    const unsigned = header(request, 'x-tc-content-sha256') === 'UNSIGNED-PAYLOAD'
    const payload =
      request.method === 'GET' ? sha256('') : unsigned ? sha256('UNSIGNED-PAYLOAD') : sha256(request.body)
    const query = request.method === 'GET' ? request.query : ''
    const canonical = [request.method, '/', query, canonicalHeaders, signedHeaders, payload].join('\n')
    const toSign = ['TC3-HMAC-SHA256', timestamp, `${day}/${service}/tc3_request`, sha256(canonical)].join(
      '\n',
    )
    const signing = hmac(hmac(hmac(`TC3${secretKey}`, day), service), 'tc3_request')
    return timingSafeEqual(hmac(signing, toSign), Buffer.from(signature, 'hex'))
  })
  if (date !== day || !names.includes('host') || !names.includes('content-type') || !matches) {
    throw new ApiError(
      'AuthFailure.SignatureFailure',
      'The provided credentials could not be validated. Please check your signature is correct.',
    )
  }
}

/** Checks HmacSHA1 and HmacSHA256 ("Signature v1"): parameters sorted by name, values unchanged. */
export function verifyV1(
  request: SignedRequest,
  params: URLSearchParams,
  { secretKeyOf, nowSeconds, ignoreSkew = false }: Verifier,
): void {
  const secretKey = secretKeyOf(params.get('SecretId') ?? '')
  if (secretKey === undefined)
    throw new ApiError(
      'AuthFailure.SecretIdNotFound',
      'The SecretId is not found, please ensure that your SecretId is correct.',
    )
  if (!ignoreSkew && !(Math.abs(nowSeconds - Number(params.get('Timestamp'))) <= maxSkewSeconds)) {
    throw new ApiError('AuthFailure.SignatureExpire', 'Signature expired.')
  }
  const given = params.get('Signature') ?? ''
  const algorithm = params.get('SignatureMethod') === 'HmacSHA256' ? 'sha256' : 'sha1'
  const rest = [...params]
    .filter(([name]) => name !== 'Signature')
    .sort(([one], [other]) => (one < other ? -1 : 1))
  const text = rest.map(([name, value]) => `${name}=${value}`).join('&')
  const host = header(request, 'host')
  const matches = [host, host.replace(/:\d+$/, '')].some((signedHost) => {
    const toSign = `${request.method}${signedHost}/?${text}`
    return createHmac(algorithm, secretKey).update(toSign).digest('base64') === given
  })
  if (!matches)
    throw new ApiError(
      'AuthFailure.SignatureFailure',
      'The provided credentials could not be validated. Please check your signature is correct.',
    )
}

function header({ headers }: SignedRequest, name: string): string {
  const value = headers[name]
  return Array.isArray(value) ? value.join(',') : (value ?? '')
}
