import { describe, expect, it } from 'vitest'
import {
  createDelivery,
  createPushHandler,
  createUploadRule,
  openEvent,
  startCallbackServer,
  startPullLoop,
  toNodeListener,
} from '../../src/callbacks/index.js'
import { InvalidInputError } from '../../src/contract/errors.js'
import { type Maker, refusalOf } from '../support/refusals.js'
import { keys, rig, secret } from './rig.js'

const deliver = async () => 'delivered' as const
const client = { withDeadline: () => {}, workflow: { start: () => {}, getHandle: () => {} } }
const vod = { call: () => {} }
const rule = { work: { ProcedureName: 'one' } }
const { handler } = rig()

/** What creates each thing, with good options. */
const makers: Record<string, Maker> = {
  createPushHandler: { make: createPushHandler, good: { keys, deliver } },
  createDelivery: { make: createDelivery, good: { client } },
  createUploadRule: { make: createUploadRule, good: { client, rule } },
  startPullLoop: { make: startPullLoop, good: { vod, keys, deliver } },
  startCallbackServer: { make: startCallbackServer, good: { handler, port: 0 } },
}

const refusal = (name: string, given: object) => refusalOf(makers[name] as Maker, given)

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
    ['createUploadRule', { rule: { ...rule, match: { Categories: ['video'] } } }, 'rule.match.Categories.0'],
    [
      'createUploadRule',
      { rule: { ...rule, match: { Categories: ['Video', 'Film'] } } },
      'rule.match.Categories.1',
    ],
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

describe('openEvent', () => {
  const event = '{"EventType":"NewFileUpload"}'
  const opening = (given: { body?: unknown; keys?: unknown; options?: unknown }) => {
    const { body, keys: by, options } = { body: event, keys, options: {}, ...given }
    return openEvent(body as never, by as never, options as never)
  }

  it.each<[string, object, string]>([
    ['no keys', { keys: undefined }, 'keys'],
    ['the text of the keys', { keys: `k1:${secret}` }, 'keys'],
    ['empty keys', { keys: {} }, 'keys.sign'],
    ['a parsed body', { body: JSON.parse(event) }, 'body'],
    ['no body', { body: null }, 'body'],
    ['a request', { body: new Request('http://127.0.0.1', { method: 'POST', body: event }) }, 'body'],
    ['a blob', { body: new Blob([event]) }, 'body'],
    ['options that are text', { options: 'x' }, 'options'],
    ['no options', { options: null }, 'options'],
    ['a number as SignKey', { options: { signKey: 5 } }, 'signKey'],
    ['a number as URL', { options: { url: 5 } }, 'options.url'],
    ['text as headers', { options: { headers: 'a: b' } }, 'options.headers'],
    ['text as size', { options: { maxBytes: '1 MB' } }, 'options.maxBytes'],
    ['a way that does not exist', { options: { via: 'sweep' } }, 'options.via'],
  ])('refuses %s', async (_, given, field) => {
    const error = await opening(given).then(
      () => expect.unreachable(),
      (thrown: InvalidInputError) => thrown,
    )
    expect(error).toBeInstanceOf(InvalidInputError)
    expect(error.fields[0]).toBe(field)
    expect(error.message).not.toContain(secret)
  })

  it.each([
    ['signkey', 'signKey'],
    ['SignKey', 'signKey'],
    ['ContentEncoding', 'contentEncoding'],
  ])('refuses %s', async (name, meant) => {
    await expect(opening({ options: { [name]: 'x' } })).rejects.toThrow(`is not known; write ${meant}`)
  })
})
