import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { InvalidInputError, VodError } from '../../src/contract/errors.js'
import { createVodClient, type VodClient } from '../../src/vod/client.js'
import { requireAcceptedKeys } from '../../src/worker/requireAcceptedKeys.js'

const credentials = { secretId: 'AKIDEXAMPLE', secretKey: 'a-secret-that-must-not-be-shown' }
const open: (() => void)[] = []
afterEach(() => {
  for (const close of open.splice(0)) close()
})

/** A client of a VOD that answers this. */
async function clientOf(answer: RequestListener) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(request, response))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return createVodClient({ endpoint, credentials })
}

const refusing = (Code: string) =>
  clientOf((_, response) => {
    const refusal = { Code, Message: `no: ${credentials.secretKey}` }
    response.end(JSON.stringify({ Response: { Error: refusal, RequestId: 'r-1' } }))
  })
const accepting = () =>
  clientOf((_, response) => response.end(JSON.stringify({ Response: { RequestId: 'r-1' } })))

const check = async (client: Pick<VodClient, 'send'> | Promise<VodClient>) => {
  const vod = await client
  return requireAcceptedKeys(['default'], () => vod)
}

describe('a key that VOD refuses', () => {
  it.each([
    'AuthFailure',
    'AuthFailure.InvalidAuthorization',
    'AuthFailure.InvalidSecretId',
    'AuthFailure.MFAFailure',
    'AuthFailure.SecretIdNotFound',
    'AuthFailure.SignatureFailure',
  ])('with %s is named by its account, and not shown', async (code) => {
    const error = await check(refusing(code)).catch((thrown) => thrown)
    expect(error).toBeInstanceOf(InvalidInputError)
    expect(error.message).toContain(
      `accounts.default.credentials: VOD refuses them (${code}, RequestId r-1); `,
    )
    expect(error.problems[0].remedy.length).toBeGreaterThan(10)
    expect(error.message).not.toContain(credentials.secretKey)
    expect(error.message).not.toContain(credentials.secretId)
  })

  it('is named for each account that has one', async () => {
    const [bad, good] = [await refusing('AuthFailure.SecretIdNotFound'), await accepting()]
    const checked = requireAcceptedKeys(['intl', 'good', 'mainland'], (account) =>
      account === 'good' ? good : bad,
    )
    const fields = ['accounts.intl.credentials', 'accounts.mainland.credentials']
    await expect(checked).rejects.toMatchObject({ problems: fields.map((field) => ({ field })) })
  })
})

describe('a worker without keys', () => {
  const failing = (code: string): Pick<VodClient, 'send'> => ({
    send: () => Promise.reject(new VodError({ action: 'Credentials', code, problem: 'none found anywhere' })),
  })

  it('does not start if it can get none', async () => {
    await expect(check(failing('ClientError.NoCredentials'))).rejects.toThrow(
      /^accounts\.default\.credentials: are missing \(none found anywhere\); Set TENCENTCLOUD_SECRET_ID .* bind a CVM role/,
    )
  })

  it('does not start if what it has cannot be used', async () => {
    await expect(check(failing('ClientError.BadCredentials'))).rejects.toThrow(
      /^accounts\.default\.credentials: cannot be used \(none found anywhere\); Correct the key/,
    )
  })

  it('starts if its source may have some later', async () => {
    await expect(check(failing('ClientError.CredentialSource'))).resolves.toBeUndefined()
  })
})

describe('a worker starts if VOD', () => {
  it.each([
    'AuthFailure.SignatureExpire',
    'AuthFailure.TokenFailure',
    'AuthFailure.UnauthorizedOperation',
    'UnauthorizedOperation',
    'RequestLimitExceeded',
    'InternalError',
    'FailedOperation.InvalidVodUser',
  ])('answers %s', async (code) => {
    await expect(check(refusing(code))).resolves.toBeUndefined()
  })

  it('accepts the key', async () => {
    await expect(check(accepting())).resolves.toBeUndefined()
  })

  it('does not answer', async () => {
    await expect(check(clientOf(() => {}))).resolves.toBeUndefined()
  })

  it('cannot be reached', async () => {
    await expect(
      check(createVodClient({ endpoint: 'http://127.0.0.1:1', credentials })),
    ).resolves.toBeUndefined()
  })
})
