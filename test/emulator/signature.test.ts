import { describe, expect, test } from 'vitest'
import { type SignedRequest, verifyTc3, verifyV1 } from '../../src/emulator/wire/signature.js'
import { codeOf } from './rig.js'

const id = 'AKIDEXAMPLE0000000000000000000000000'
const at = 1767225600
const verifier = {
  secretKeyOf: (given: string) => (given === id ? 'SECRETEXAMPLE000000000000000000000' : undefined),
  nowSeconds: at,
}
const host = 'vod.intl.tencentcloudapi.com'

function authorization(Signature: string): string {
  return `TC3-HMAC-SHA256 Credential=${id}/2026-01-01/vod/tc3_request, SignedHeaders=content-type;host, Signature=${Signature}`
}

/** Made with the official Node SDK, and checked with the Python one. */
const post: SignedRequest = {
  method: 'POST',
  query: '',
  headers: {
    authorization: authorization('27b01873e81712064dde98e836710313385148c8eaec50a5351cdec7f10278e0'),
    'content-type': 'application/json',
    host,
    'x-tc-timestamp': String(at),
  },
  body: Buffer.from(
    '{"FileId":"5285485487985271487","ProcedureName":"LongVideoPreset","SubAppId":1500000001,"SessionId":"order-42"}',
  ),
}
const get: SignedRequest = {
  method: 'GET',
  query: 'FileId=5285485487985271487&ProcedureName=LongVideoPreset',
  headers: {
    ...post.headers,
    authorization: authorization('1598abe569b6662cf3cd11ab2ed09223f5ffae176314e605d051f0841c6c33d3'),
    'content-type': 'application/x-www-form-urlencoded',
  },
  body: Buffer.alloc(0),
}

const codeOfTc3 = (request: SignedRequest, nowSeconds = at) =>
  codeOf((async () => verifyTc3(request, { ...verifier, nowSeconds }))())

describe('TC3-HMAC-SHA256', () => {
  test('takes what the official SDKs sign, POST and GET', async () => {
    expect(await codeOfTc3(post)).toBe('no error')
    expect(await codeOfTc3(get)).toBe('no error')
  })

  test('takes a host header with a port that was not signed', async () => {
    expect(await codeOfTc3({ ...post, headers: { ...post.headers, host: `${host}:8080` } })).toBe('no error')
  })

  test.each([
    ['another body', { ...post, body: Buffer.from('{}') }],
    ['another query', { ...get, query: 'FileId=1' }],
    ['another host', { ...post, headers: { ...post.headers, host: 'example.com' } }],
    ['another content type', { ...post, headers: { ...post.headers, 'content-type': 'text/plain' } }],
  ])('%s does not fit', async (_, request) => {
    expect(await codeOfTc3(request)).toBe('AuthFailure.SignatureFailure')
  })

  test('is good for five minutes, either way', async () => {
    expect(await codeOfTc3(post, at + 300)).toBe('no error')
    expect(await codeOfTc3(post, at - 300)).toBe('no error')
    expect(await codeOfTc3(post, at + 301)).toBe('AuthFailure.SignatureExpire')
    expect(await codeOfTc3(post, at - 301)).toBe('AuthFailure.SignatureExpire')
  })

  test('an unknown SecretId and a garbled header have codes of their own', async () => {
    const headers = (text: string) => ({ ...post, headers: { ...post.headers, authorization: text } })
    const other = authorization('0'.repeat(64)).replace(id, 'AKIDother')
    expect(await codeOfTc3(headers(other))).toBe('AuthFailure.SecretIdNotFound')
    expect(await codeOfTc3(headers('SKIP'))).toBe('AuthFailure.InvalidAuthorization')
  })
})

describe('HmacSHA1 and HmacSHA256', () => {
  const params = (method: string, Signature: string) =>
    new URLSearchParams({
      Action: 'ProcessMediaByProcedure',
      FileId: '5285485487985271487',
      Nonce: '11886',
      ProcedureName: 'LongVideoPreset',
      SecretId: id,
      SignatureMethod: method,
      Timestamp: String(at),
      Version: '2018-07-17',
      Signature,
    })
  const codeOfV1 = (form: URLSearchParams) => codeOf((async () => verifyV1(get, form, verifier))())

  // The vector was signed with SignatureMethod=HmacSHA1 among its parameters.
  test('HmacSHA1 fits, and nothing else does', async () => {
    expect(await codeOfV1(params('HmacSHA1', '8PCWIRjsseWB0DMsOVzBODiwVK8='))).toBe('no error')
    expect(await codeOfV1(params('HmacSHA1', '9PCWIRjsseWB0DMsOVzBODiwVK8='))).toBe(
      'AuthFailure.SignatureFailure',
    )
  })

  test('HmacSHA256 fits', async () => {
    expect(await codeOfV1(params('HmacSHA256', 'AcMgfn/V8aRHY8qXSa2sC8QO65sYj9aa98RCeyb4x14='))).toBe(
      'no error',
    )
  })
})
