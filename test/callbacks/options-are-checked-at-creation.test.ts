import { describe, expect, it } from 'vitest'
import {
  createDelivery,
  createPushHandler,
  createUploadRule,
  startCallbackServer,
  startPullLoop,
  toNodeListener,
} from '../../src/callbacks/index.js'
import { InvalidInputError } from '../../src/contract/errors.js'
import { keys, rig, secret } from './rig.js'

const deliver = async () => 'delivered' as const
const client = { withDeadline: () => {}, workflow: { start: () => {}, getHandle: () => {} } }
const vod = { call: () => {} }
const rule = { work: { ProcedureName: 'one' } }
const { handler } = rig()

/** What creates each thing, with good options. */
const makers: Record<string, { make: (options: never) => unknown; good: object }> = {
  createPushHandler: { make: createPushHandler, good: { keys, deliver } },
  createDelivery: { make: createDelivery, good: { client } },
  createUploadRule: { make: createUploadRule, good: { client, rule } },
  startPullLoop: { make: startPullLoop, good: { vod, keys, deliver } },
  startCallbackServer: { make: startCallbackServer, good: { handler, port: 0 } },
}

async function refusal(name: string, given: object): Promise<InvalidInputError> {
  const { make, good } = makers[name] as (typeof makers)[string]
  try {
    await make({ ...good, ...given } as never)
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidInputError)
    return error as InvalidInputError
  }
  return expect.unreachable(`${name} took ${JSON.stringify(given)}`)
}

describe('an option that cannot work is refused by name', () => {
  it.each<[string, object, string]>([
    ['createPushHandler', { keys: undefined }, 'keys'],
    ['createPushHandler', { keys: `k1:${secret}` }, 'keys'],
    ['createPushHandler', { keys: {} }, 'keys.sign'],
    ['createPushHandler', { keys: () => keys }, 'keys'],
    ['createPushHandler', { keys: { ...keys, verify: keys.sign } }, 'keys.verify'],
    ['createPushHandler', { deliver: undefined }, 'deliver'],
    ['createPushHandler', { deliver: 'x' }, 'deliver'],
    ['createPushHandler', { onOther: 'x' }, 'onOther'],
    ['createPushHandler', { onOther: null }, 'onOther'],
    ['createPushHandler', { forwardTo: null }, 'forwardTo'],
    ['createPushHandler', { signKey: 5 }, 'signKey'],
    ['createPushHandler', { logger: {} }, 'logger.info'],
    ['createPushHandler', { logger: null }, 'logger'],
    ['createPushHandler', { limits: null }, 'limits'],
    ['createPushHandler', { limits: { holdTimeout: 'soon' } }, 'limits.holdTimeout'],
    ['createPushHandler', { limits: { maxBytes: '1 MB' } }, 'limits.maxBytes'],
    ['createPushHandler', { limits: { readMs: '3s' } }, 'limits.readMs'],
    ['createDelivery', { client: undefined }, 'client'],
    ['createDelivery', { client: {} }, 'client.withDeadline'],
    ['createDelivery', { limits: { maxHistory: 0 } }, 'limits.maxHistory'],
    ['createUploadRule', { client: null }, 'client'],
    ['createUploadRule', { maxPerSecond: 0 }, 'maxPerSecond'],
    ['createUploadRule', { maxWaiting: '5' }, 'maxWaiting'],
    ['startPullLoop', { vod: {} }, 'vod.call'],
    ['startPullLoop', { SubAppId: '1500000001' }, 'SubAppId'],
    ['startPullLoop', { keys: undefined }, 'keys'],
    ['startPullLoop', { deliver: undefined }, 'deliver'],
    ['startPullLoop', { foreign: 'Confirm' }, 'foreign'],
    ['startPullLoop', { foreign: true }, 'foreign'],
    ['startPullLoop', { limits: { idlePause: -1 } }, 'limits.idlePause'],
    ['startCallbackServer', { handler: undefined }, 'handler'],
    ['startCallbackServer', { port: '80' }, 'port'],
    ['startCallbackServer', { port: 99_999 }, 'port'],
    ['startCallbackServer', { host: 5 }, 'host'],
    ['startCallbackServer', { maxConnections: 0 }, 'maxConnections'],
  ])('%s with %j', async (name, given, field) => {
    const { fields, message } = await refusal(name, given)
    expect(fields[0]).toBe(field)
    expect(message).not.toContain(secret)
  })

  it.each([undefined, null, {}, 'x'])('toNodeListener(%j)', (given) => {
    expect(() => toNodeListener(given as never)).toThrow(/^handler: .*createPushHandler/)
  })

  it.each(Object.keys(makers))('%s without options', async (name) => {
    const { make } = makers[name] as (typeof makers)[string]
    for (const given of [undefined, null, 'x'])
      await expect((async () => make(given as never))()).rejects.toThrow(InvalidInputError)
  })
})

describe('a misspelled option is refused with the right name', () => {
  it.each<[string, object, string]>([
    ['createPushHandler', { onOthers: () => {} }, 'onOther'],
    ['createPushHandler', { fowardTo: 'https://app.example.com' }, 'forwardTo'],
    ['createPushHandler', { limits: { maxbytes: 1 } }, 'maxBytes'],
    ['createDelivery', { loger: console }, 'logger'],
    ['createUploadRule', { maxPerSeconds: 1 }, 'maxPerSecond'],
    ['startPullLoop', { foriegn: 'confirm' }, 'foreign'],
    ['startCallbackServer', { max_connections: 5 }, 'maxConnections'],
  ])('%s with %j', async (name, given, meant) => {
    const { message } = await refusal(name, given)
    expect(message).toContain(`is not known; write ${meant}`)
  })
})
