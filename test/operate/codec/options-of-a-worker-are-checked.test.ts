import { fileURLToPath } from 'node:url'
import { Worker } from '@temporalio/worker'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createVodClient } from '../../../src/vod/client.js'
import { createVodflowWorker, VodflowPlugin } from '../../../src/worker/index.js'
import { type Maker, refusalOf } from '../../support/refusals.js'

const secret = 's'.repeat(32)
const key = { id: 'k1', secret }
const macKeys = { sign: key, verify: [key] }
const credentials = { secretId: 'AKIDEXAMPLE', secretKey: secret }
const account = { endpoint: 'http://127.0.0.1:1', credentials }
const accounts = { default: account }

/** What takes options, with good ones. */
const makers: Record<string, Maker> = {
  createVodClient: { make: createVodClient, good: account },
  account: {
    make: (options) => new VodflowPlugin({ accounts: { default: options }, macKeys }),
    good: account,
  },
  VodflowPlugin: { make: (options) => new VodflowPlugin(options), good: { accounts, macKeys } },
  createVodflowWorker: { make: createVodflowWorker, good: { connection: {}, accounts, macKeys } },
}

const refusal = (name: string, given: object) => refusalOf(makers[name] as Maker, given)

describe('an option that cannot work is refused by name', () => {
  it.each<[string, object, string]>([
    ['createVodClient', { endpoint: null }, 'endpoint'],
    ['createVodClient', { endpoint: '' }, 'endpoint'],
    ['createVodClient', { credentials: { secretId: 'AKIDEXAMPLE' } }, 'credentials.secretKey'],
    ['createVodClient', { credentials: { assumeRole: {} } }, 'credentials.assumeRole.RoleArn'],
    ['createVodClient', { region: 5 }, 'region'],
    ['createVodClient', { timeout: '15 fortnights' }, 'timeout'],
    ['createVodClient', { callsPerSecond: 0 }, 'callsPerSecond'],
    ['createVodClient', { callsPerSecond: '10' }, 'callsPerSecond'],
    ['createVodClient', { SubAppId: 5 }, 'SubAppId'],
    ['account', { endpoint: null }, 'accounts.default.endpoint'],
    ['account', { onCall: 'x' }, 'accounts.default.onCall'],
    ['account', { callsPerSecond: 0 }, 'accounts.default.callsPerSecond'],
    ['VodflowPlugin', { accounts: undefined }, 'accounts'],
    ['VodflowPlugin', { accounts: {} }, 'accounts'],
    ['VodflowPlugin', { accounts: [account] }, 'accounts'],
    ['VodflowPlugin', { accounts: { default: null } }, 'accounts.default'],
    ['VodflowPlugin', { accounts: { 'a b': account } }, 'accounts.a b'],
    ['VodflowPlugin', { accounts: { '': account } }, 'accounts'],
    ['VodflowPlugin', { macKeys: undefined }, 'macKeys'],
    ['VodflowPlugin', { macKeys: `k1:${secret}` }, 'macKeys'],
    ['VodflowPlugin', { macKeys: { sign: key } }, 'macKeys.verify'],
    [
      'VodflowPlugin',
      { macKeys: { sign: { ...key, secret: 'short' }, verify: [key] } },
      'macKeys.sign.secret',
    ],
    ['VodflowPlugin', { macKeys: { sign: key, verify: [{ ...key, id: 'a b' }] } }, 'macKeys.verify.0.id'],
    ['VodflowPlugin', { allow: 'DeleteMedia' }, 'allow'],
    ['VodflowPlugin', { allow: ['deleteMedia'] }, 'allow.0'],
    ['VodflowPlugin', { allow: ['DeleteMedia', '*'] }, 'allow.1'],
    ['VodflowPlugin', { allow: ['DeleteMedia', 'DeleteMedias'] }, 'allow.1'],
    ['VodflowPlugin', { allow: ['ProcessMedia'] }, 'allow.0'],
    ['VodflowPlugin', { idsFolder: '' }, 'idsFolder'],
    ['VodflowPlugin', { idsFolder: '/nowhere/ids' }, 'idsFolder'],
    ['VodflowPlugin', { idsFolder: fileURLToPath(import.meta.url) }, 'idsFolder'],
    ['VodflowPlugin', { sweep: true }, 'sweep'],
    ['VodflowPlugin', { sweep: null }, 'sweep'],
    ['VodflowPlugin', { sweep: [5] }, 'sweep'],
    ['VodflowPlugin', { sweep: { interval: 0 } }, 'sweep.interval'],
    ['VodflowPlugin', { sweep: { gracePeriod: 'soon' } }, 'sweep.gracePeriod'],
    ['VodflowPlugin', { tracing: true }, 'tracing'],
    ['VodflowPlugin', { servedElsewhere: ['other'] }, 'servedElsewhere'],
    ['createVodflowWorker', { allow: 'DeleteMedia' }, 'allow'],
    ['createVodflowWorker', { namespace: '' }, 'namespace'],
    ['createVodflowWorker', { dataConverter: 'k1' }, 'dataConverter'],
    ['createVodflowWorker', { dataConverter: { payloadCodec: [] } }, 'dataConverter.payloadCodec'],
    [
      'createVodflowWorker',
      { dataConverter: { payloadCodecs: [{}] } },
      'dataConverter.payloadCodecs.0.encode',
    ],
    ['createVodflowWorker', { maxCachedWorkflows: '5' }, 'maxCachedWorkflows'],
    ['createVodflowWorker', { deployment: 'build-1' }, 'deployment'],
    ['createVodflowWorker', { payloadKeys: `k1:${secret}` }, 'payloadKeys'],
  ])('%s with %j', async (name, given, field) => {
    const { fields, message } = await refusal(name, given)
    expect(fields[0]).toBe(field)
    expect(message).not.toContain(secret)
  })

  it.each([
    [{ servedElsewhere: 'default' }, 'servedElsewhere'],
    [{ servedElsewhere: ['a b'] }, 'servedElsewhere.0'],
    [{ servedElsewhere: ['default'], allow: ['DeleteMedia'] }, 'allow'],
  ])('VodflowPlugin with only %j', (options, field) => {
    expect(() => new VodflowPlugin(options as never)).toThrow(new RegExp(`^${field}: `))
  })

  it.each([null, 'x', {}])('VodflowPlugin with only %j', (options) => {
    expect(() => new VodflowPlugin(options as never)).toThrow(/accounts.*servedElsewhere/)
  })
})

describe('a misspelled option is refused with the right name', () => {
  it.each<[string, object, string]>([
    ['createVodClient', { endpont: 'http://127.0.0.1:1' }, 'endpoint'],
    ['createVodClient', { Endpoint: 'http://127.0.0.1:1' }, 'endpoint'],
    ['createVodClient', { credential: credentials }, 'credentials'],
    ['createVodClient', { credentials: { SecretId: 'a', SecretKey: secret } }, 'secretId'],
    ['createVodClient', { credentials: { ...credentials, Token: secret } }, 'token'],
    ['createVodClient', { credentials: { assumerole: {} } }, 'assumeRole'],
    ['account', { endpont: 'http://127.0.0.1:1' }, 'endpoint'],
    ['account', { credential: credentials }, 'credentials'],
    ['VodflowPlugin', { mackeys: macKeys }, 'macKeys'],
    ['VodflowPlugin', { acounts: accounts }, 'accounts'],
    ['VodflowPlugin', { allows: [] }, 'allow'],
    ['VodflowPlugin', { webhook: {} }, 'webhooks'],
    ['VodflowPlugin', { sweep: { Interval: 5 } }, 'interval'],
    ['VodflowPlugin', { servedelsewhere: ['default'] }, 'servedElsewhere'],
    ['createVodflowWorker', { dataconverter: {} }, 'dataConverter'],
    ['createVodflowWorker', { Namespace: 'films' }, 'namespace'],
  ])('%s with %j', async (name, given, meant) => {
    const { message } = await refusal(name, given)
    expect(message).toContain(`is not known; write ${meant}`)
    expect(message).not.toContain(secret)
  })
})

/** Runs a worker of a user, which must not poll. */
const runOf = (options: object) =>
  new VodflowPlugin({ accounts, macKeys }).runWorker(
    Object.assign(Object.create(Worker.prototype), { options }) as Worker,
    () => expect.unreachable('it polls'),
  )

it("a misspelled member of the data converter of a user's worker is refused before it polls", async () => {
  await expect(runOf({ dataConverter: { payloadCodec: [] } })).rejects.toThrow(
    'dataConverter.payloadCodec: is not known; write payloadCodecs',
  )
})

describe('with VODFLOW_PAYLOAD_KEYS', () => {
  const message = /^dataConverter\.payloadCodecs: has no codec, but VODFLOW_PAYLOAD_KEYS is set; pass /
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  it.each([undefined, {}, { payloadCodecs: [] }])(
    'a worker without codecs is refused: %j',
    async (dataConverter) => {
      vi.stubEnv('VODFLOW_PAYLOAD_KEYS', `k1:${'ab'.repeat(32)}`)
      expect((await refusal('createVodflowWorker', { dataConverter })).message).toMatch(message)
      await expect(runOf({ dataConverter })).rejects.toThrow(message)
    },
  )
})
