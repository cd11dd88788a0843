import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { handleMessage } from '../../examples/snippets/openEvent.js'
import { openEvent } from '../../src/callbacks/index.js'
import { someTask } from '../../src/contract/hint.js'
import { address, foreign, forged, keys, ours, rig, TaskId } from './rig.js'

const signKey = 'a-sign-key'
const oldFormat = JSON.stringify({
  version: '4.0',
  eventType: 'ProcedureStateChanged',
  data: {
    vodTaskId: TaskId,
    status: 'FINISH',
    sessionContext: JSON.parse(ours()).ProcedureStateChangeEvent.SessionContext,
  },
})
const bomb = gzipSync(Buffer.alloc(300 * 1024))

/** The bodies, and what the push handler answers to each. */
const bodies = [
  ['an event of ours', ours(), {}, 'ours', 'delivered'],
  ['one in the old format', oldFormat, {}, 'ours', 'delivered'],
  ['one behind a byte order mark', `\ufeff${ours()}`, {}, 'ours', 'delivered'],
  ['one that is compressed', gzipSync(ours()), { contentEncoding: 'gzip' }, 'ours', 'delivered'],
  ['one that is compressed and says nothing', gzipSync(ours()), {}, 'ours', 'delivered'],
  ['one by brotli', brotliCompressSync(ours()), { contentEncoding: 'br' }, 'ours', 'delivered'],
  ['a forged one', forged(), {}, 'forged', 'forged'],
  ['one of others', foreign, {}, 'foreign', 'foreign'],
  ['one of others that is no object', '[1]', {}, 'foreign', 'foreign'],
  ['a number', '7', {}, 'foreign', 'foreign'],
  ['what is not JSON', '<xml/>', {}, 'malformed', 'unparsable'],
  ['nothing', '', {}, 'malformed', 'unparsable'],
  ['what is too large', `"${'x'.repeat(300 * 1024)}"`, {}, 'malformed', 'tooLarge'],
  ['what decompresses to too much', bomb, { contentEncoding: 'gzip' }, 'malformed', 'tooLarge'],
] as const

describe('openEvent', () => {
  it.each(bodies)('judges %s as the push handler does', async (_, body, options, kind, verdict) => {
    const opened = await openEvent(body, keys, options)
    expect(opened.kind).toBe(kind)
    const { handler, hints, post } = rig()
    const headers = 'contentEncoding' in options ? { 'content-encoding': options.contentEncoding } : {}
    await post(body, { headers })
    expect(handler.counts()[verdict]).toBe(1)
    if (opened.kind !== 'ours') return expect(hints).toEqual([])
    expect(hints).toEqual([{ ...opened.hint, at: expect.any(Number) }])
  })

  it('returns the hint of an event and the step that it addresses', async () => {
    const opened = await openEvent(ours(), keys)
    expect(opened).toMatchObject({
      kind: 'ours',
      EventType: 'ProcedureStateChanged',
      address,
      hint: { v: 1, SessionId: address.SessionId, TaskId, terminal: true, via: 'push' },
      sign: 'unchecked',
    })
    const pulled = await openEvent(
      ours({ TaskId: 'not an id', Status: 'PROCESSING', progress: [40] }),
      keys,
      {
        via: 'pull',
      },
    )
    expect(pulled).toMatchObject({ hint: { TaskId: someTask, terminal: false, percent: 40, via: 'pull' } })
  })

  it('returns an event of others byte for byte', async () => {
    const body = gzipSync(foreign)
    const opened = await openEvent(body, keys, { contentType: 'text/plain', contentEncoding: 'gzip' })
    if (opened.kind !== 'foreign') throw new Error(opened.kind)
    expect(Buffer.from(opened.event.body)).toEqual(body)
    expect(opened.event).toMatchObject({
      EventType: 'NewFileUpload',
      json: JSON.parse(foreign),
      contentType: 'text/plain',
      contentEncoding: 'gzip',
    })
  })

  it('returns what it cannot read, with its bytes', async () => {
    const opened = await openEvent('<xml/>', keys, { contentType: 'text/xml' })
    if (opened.kind !== 'malformed') throw new Error(opened.kind)
    expect(opened).toMatchObject({ problem: 'not JSON', event: { contentType: 'text/xml', EventType: '' } })
    expect(Buffer.from(opened.event.body).toString()).toBe('<xml/>')
    expect(await openEvent(bomb, keys)).toMatchObject({ problem: 'too large' })
  })

  it('checks the Sign of VOD where there is a SignKey', async () => {
    const signed = ours({ signKey })
    expect(await openEvent(signed, keys, { signKey })).toMatchObject({ kind: 'ours', sign: 'good' })
    expect(await openEvent(ours(), keys, { signKey })).toMatchObject({ kind: 'ours', sign: 'absent' })
    expect(await openEvent(foreign, keys, { signKey })).toMatchObject({
      kind: 'forged',
      problem: 'Sign',
      sign: 'absent',
    })
    const { Sign, T } = JSON.parse(signed)
    for (const url of [`https://queue.example/?Sign=${Sign}&T=${T}`, `/vod?Sign=${Sign}&T=${T}`])
      expect(await openEvent(foreign, keys, { signKey, url })).toMatchObject({ kind: 'foreign' })
    const headers = { sign: Sign, t: String(T) }
    expect(await openEvent(foreign, keys, { signKey, headers })).toMatchObject({ kind: 'foreign' })
    expect(await openEvent('{"EventType":"Mine"}', keys, { signKey })).toMatchObject({ kind: 'foreign' })
  })

  it('takes any headers and any URL of a sender', async () => {
    const { Sign, T } = JSON.parse(ours({ signKey }))
    const headers = {
      ':path': '/vod',
      ':method': 'POST',
      'bad name': 'x',
      cookie: 'a\nb',
      SIGN: Sign,
      T: String(T),
    }
    expect(await openEvent(foreign, keys, { signKey, headers })).toMatchObject({ kind: 'foreign' })
    for (const url of ['http://[', '//[', 'http://a:b:c', ''])
      expect(await openEvent(ours(), keys, { signKey, url })).toMatchObject({ kind: 'ours', sign: 'absent' })
    expect(await openEvent(foreign, keys, { signKey, url: 'http://[', headers })).toMatchObject({
      kind: 'foreign',
    })
    const sent = new Headers({ sign: Sign, t: String(T) })
    expect(await openEvent(foreign, keys, { signKey, headers: sent })).toMatchObject({ kind: 'foreign' })
  })

  const sqs = (body: string) =>
    JSON.stringify({ Records: [{ messageId: '1', eventSource: 'aws:sqs', body }] })
  const sns = (Message: string) => JSON.stringify({ Type: 'Notification', MessageId: '1', Message })

  it.each([
    ['base64', Buffer.from(ours()).toString('base64'), 'malformed', /base64.*Decode the body first/],
    [
      'base64 in lines',
      Buffer.from(ours()).toString('base64').replaceAll(/.{76}/g, '$&\r\n'),
      'malformed',
      /base64/,
    ],
    ['base64 in a JSON string', JSON.stringify(Buffer.from(ours()).toString('base64')), 'foreign', /base64/],
    ['base64 of gzip', gzipSync(ours()).toString('base64'), 'malformed', /base64/],
    ['a JSON string', JSON.stringify(ours()), 'foreign', /a JSON string.*Parse/],
    ['messages of SQS', sqs(ours()), 'foreign', /SQS.*Pass Records\[0\]\.body/],
    ['a message of SNS', sns(ours()), 'foreign', /SNS.*Pass Message/],
    [
      'a message of SNS for Lambda',
      JSON.stringify({ Records: [{ Sns: { Message: ours() } }] }),
      'foreign',
      /Pass Records\[0\]\.Sns\.Message/,
    ],
    ['SNS in SQS', sqs(sns(ours())), 'foreign', /Pass Records\[0\]\.body/],
    [
      'a request of API Gateway',
      JSON.stringify({ httpMethod: 'POST', isBase64Encoded: false, body: ours() }),
      'foreign',
      /Pass body/,
    ],
    [
      'one with base64',
      JSON.stringify({ isBase64Encoded: true, body: Buffer.from(ours()).toString('base64') }),
      'foreign',
      /Pass body, and decode it from base64/,
    ],
    [
      'an event of EventBridge',
      JSON.stringify({ source: 'vod', 'detail-type': 'x', detail: JSON.parse(foreign) }),
      'foreign',
      /EventBridge.*Pass detail/,
    ],
  ])('says that it was given %s, and what to pass', async (_, body, kind, seems) => {
    const opened = await openEvent(body, keys)
    expect(opened).toMatchObject({ kind, remedy: expect.stringMatching(seems) })
  })

  it.each([
    ['an event of others', foreign],
    ['a message of SQS with something else', sqs('hello')],
    ['a message of SNS with JSON of others', sns('{"a":1}')],
    ['what is not JSON', '<xml/>'],
    ['nothing', ''],
    ['null', 'null'],
    ['base64 of something else', Buffer.from('{"a":1}').toString('base64')],
    ['an odd envelope', '{"Records":[null],"body":7,"detail":null,"Message":{}}'],
  ])('says nothing of a wrapper for %s', async (_, body) => {
    expect(await openEvent(body, keys)).not.toHaveProperty('remedy')
  })

  it('is what the snippet of the docs uses', async () => {
    const delivered: unknown[] = []
    const deliver = async (...given: unknown[]) => {
      delivered.push(given)
      return 'delivered' as const
    }
    const handle = (body: string) => handleMessage(body, { keys, deliver })
    expect(await handle(ours())).toBe('delivered')
    expect(delivered).toMatchObject([[address, { TaskId }]])
    expect(await handle(foreign)).toBe("not vodflow's: NewFileUpload")
    expect(await handle(forged())).toBe('refused: token')
    expect(await handle('<xml/>')).toBe('refused: not JSON')
    expect(delivered).toHaveLength(1)
  })

  it('refuses a SignKey that cannot be one', async () => {
    await expect(openEvent(ours(), keys, { signKey: 'Schlüssel' })).rejects.toThrow(/signKey/)
  })

  it('takes bytes of any view', async () => {
    const bytes = new TextEncoder().encode(`  ${ours()}`).subarray(2)
    expect(await openEvent(bytes, keys)).toMatchObject({ kind: 'ours' })
    expect(await openEvent(bytes.slice().buffer, keys)).toMatchObject({ kind: 'ours' })
  })
})
