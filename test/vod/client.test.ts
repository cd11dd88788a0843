import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { InvalidInputError, VodError } from '../../src/contract/errors.js'
import { createVodClient } from '../../src/vod/client.js'

const secretKey = 'a-secret-that-must-not-be-shown'
const credentials = { secretId: 'AKIDEXAMPLE', secretKey }

let answer: (request: IncomingMessage, response: ServerResponse) => void
const seen: { headers: IncomingMessage['headers']; socket: unknown }[] = []
const server = createServer((request, response) => {
  seen.push({ headers: request.headers, socket: request.socket })
  request.resume().on('end', () => answer(request, response))
})
let endpoint = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => seen.splice(0))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const json =
  (body: object, status = 200) =>
  (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
const detail = {
  Response: {
    TaskType: 'Procedure',
    Status: 'FINISH',
    CreateTime: '2026-01-01T00:00:00Z',
    New: { a: 1 },
    RequestId: 'r-1',
  },
}
const client = () => createVodClient({ endpoint, credentials })
const call = () => client().call('DescribeTaskDetail', { TaskId: 'T' })
const failure = async (promise: Promise<unknown>): Promise<VodError> => {
  const error = await promise.then(
    () => undefined,
    (error) => error,
  )
  expect(error).toBeInstanceOf(VodError)
  expect(JSON.stringify(error) + error.message + error.stack).not.toContain(secretKey)
  return error
}

describe('the signed call', () => {
  it('is signed, names its action, and tolerates what it does not know', async () => {
    answer = json(detail)
    expect(await call()).toMatchObject({ Status: 'FINISH', FinishTime: '', New: { a: 1 } })
    expect(seen[0]?.headers).toMatchObject({
      'x-tc-action': 'DescribeTaskDetail',
      'x-tc-version': '2018-07-17',
    })
    expect(seen[0]?.headers.authorization).toMatch(/^TC3-HMAC-SHA256 Credential=AKIDEXAMPLE\//)
  })

  it('keeps its connection', async () => {
    answer = json(detail)
    const vod = client()
    for (let n = 0; n < 3; n++) await vod.call('DescribeTaskDetail', { TaskId: 'T' })
    expect(new Set(seen.map(({ socket }) => socket)).size).toBe(1)
  })

  it('is one request, whatever comes back', async () => {
    answer = json({ Response: { Error: { Code: 'InternalError', Message: 'x' }, RequestId: 'r' } })
    await failure(call())
    expect(seen).toHaveLength(1)
  })

  it('does not leave before its input is right', async () => {
    const bad = client().call('DescribeTaskDetail', { TaskId: '' })
    await expect(bad).rejects.toThrow(InvalidInputError)
    await expect(bad).rejects.toThrow('TaskId: is not the id of a task')
    expect(seen).toHaveLength(0)
  })

  it.each([
    [{ timeoutMs: 5_000 }, 'options.timeoutMs'],
    [{ timeOut: 5_000 }, 'options.timeOut'],
    [{ timeout: 'soon' }, 'options.timeout'],
    [{ signal: {} }, 'options.signal.addEventListener'],
  ])('refuses the options %j before it sends anything', async (options, field) => {
    const call = client().call('DescribeTaskDetail', { TaskId: 'T' }, options as object)
    await expect(call).rejects.toMatchObject({ problems: [{ field }] })
  })
})

describe('what goes wrong has a code, a class and a remedy', () => {
  it.each([
    ['InvalidParameterValue.SessionId', 'duplicate'],
    ['RequestLimitExceeded.UinLimitExceeded', 'throttled'],
    ['FailedOperation.InvalidVodUser', 'permanent'],
    ['FailedOperation.NeverHeardOf', 'ambiguous'],
    ['NeverHeardOf', 'ambiguous'],
  ])('the API says %s', async (Code, errorClass) => {
    answer = json({ Response: { Error: { Code, Message: 'because' }, RequestId: 'r-2' } })
    const error = await failure(call())
    expect(error).toMatchObject({
      vodCode: Code,
      class: errorClass,
      requestId: 'r-2',
      action: 'DescribeTaskDetail',
    })
    expect(error.remedy).not.toBe('')
    expect(error.message).toContain(error.remedy)
  })

  it.each([
    ['a gateway answers 502', json({}, 502), 'ClientError.HttpStatus'],
    [
      'the answer is not JSON',
      (_: IncomingMessage, response: ServerResponse) => response.end('<html>'),
      'ClientError.BadResponse',
    ],
    ['the answer has no envelope', json({}), 'ClientError.BadResponse'],
    ['the answer lacks what we rely on', json({ Response: { RequestId: 'r' } }), 'ClientError.BadResponse'],
    ['the connection is cut', (request: IncomingMessage) => request.socket.destroy(), 'ClientError.Network'],
  ])('%s', async (_, given, code) => {
    answer = given as typeof answer
    expect(await failure(call())).toMatchObject({ vodCode: code, class: 'ambiguous' })
  })

  const long = 300_000
  it.each([
    ['dots', '.'.repeat(long)],
    ['spaces', ' '.repeat(long)],
    ['dots before a word', `${'. '.repeat(long / 2)}x`],
    ['tabs and line feeds', '\t\n'.repeat(long / 2)],
    ['film names', '🎬'.repeat(long / 2)],
    ['URLs', 'http://'.repeat(long / 7)],
  ])('a very long answer is cut: %s', async (_, text) => {
    for (const body of [
      { Response: { Error: { Code: 'InternalError', Message: text }, RequestId: text } },
      { Response: { Error: { Code: `A${text}`, Message: 'x' }, RequestId: 'r' } },
    ]) {
      answer = json(body)
      const { message } = await failure(call())
      expect(Buffer.byteLength(message)).toBeLessThan(2_500)
      expect(message).not.toMatch(/\p{Cs}/u)
    }
  })

  it.each(['\u001b[2J\u009b31m', '\u202egpj\u2066', 'a\r\n\u2028b\u0000', '\ud83c'])(
    'an answer that a terminal would obey: %j',
    async (text) => {
      answer = json({ Response: { Error: { Code: `A${text}`, Message: text }, RequestId: text } }, 200)
      const { message, requestId, vodCode } = await failure(call())
      for (const each of [message, requestId, vodCode])
        expect(each).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Bidi_Control}]/u)
    },
  )

  const token = 'a+token/that=must&not be-shown'
  const temporary = () => createVodClient({ endpoint, credentials: { ...credentials, token } })
  const forms = [secretKey, token, encodeURIComponent(token)]
  it.each(forms)('an answer that repeats a key of the call: %s', async (secret) => {
    for (const Code of [secret, `InvalidParameter.${secret}`]) {
      answer = json({ Response: { Error: { Code, Message: `no ${secret}` }, RequestId: secret } })
      const error = await failure(temporary().send('DescribeTaskDetail', {}))
      expect(error).toMatchObject({ vodCode: 'ClientError.BadResponse', class: 'ambiguous', requestId: '' })
      for (const form of forms) expect(JSON.stringify(error) + error.message).not.toContain(form)
    }
    answer = json({
      Response: { Error: { Code: 'InternalError', Message: `no ${secret}` }, RequestId: secret },
    })
    const shown = await failure(temporary().send('DescribeTaskDetail', {}))
    expect(shown).toMatchObject({ vodCode: 'InternalError', problem: 'no [redacted]', requestId: '' })
    const ReviewAudioVideoTask = { ErrCodeExt: secret, Message: `[${secret}]`, [secret]: [1, null, [secret]] }
    answer = json({ Response: { ...detail.Response, ReviewAudioVideoTask } })
    const { ReviewAudioVideoTask: task } = await temporary().send('DescribeTaskDetail', {})
    expect(task).toEqual({
      ErrCodeExt: '[redacted]',
      Message: '[[redacted]]',
      '[redacted]': [1, null, ['[redacted]']],
    })
  })

  it('an answer that repeats a key of the call, while the keys are rotated', async () => {
    let reads = 0
    const { env } = process
    process.env = Object.defineProperties(
      { ...env },
      {
        TENCENTCLOUD_SECRET_ID: { enumerable: true, get: () => `AKIDEXAMPLE-${++reads}` },
        TENCENTCLOUD_SECRET_KEY: { enumerable: true, get: () => `${secretKey}-${reads}` },
      },
    )
    try {
      answer = ({ headers }, response) =>
        json({ Response: { ...detail.Response, headers } })({} as never, response)
      const { headers } = await createVodClient({ endpoint }).send('DescribeTaskDetail', {})
      const sent = String(seen[0]?.headers.authorization)
      expect(sent).toContain(`AKIDEXAMPLE-${reads}`)
      expect(headers).toMatchObject({ authorization: sent.replace(`AKIDEXAMPLE-${reads}`, '[redacted]') })
    } finally {
      process.env = env
    }
  })

  it('an answer that repeats a key of a local VOD, which may be any word', async () => {
    answer = json(detail)
    const local = createVodClient({ endpoint, credentials: { secretId: 'Procedure', secretKey: 'FINISH' } })
    const { RequestId, ...members } = await local.send('DescribeTaskDetail', {})
    expect({ ...members, RequestId }).toEqual(detail.Response)
  })

  it('an answer that is nested without end', async () => {
    const deep = 100_000
    const text = `{"Response":{"RequestId":"r","New":${'['.repeat(deep)}${']'.repeat(deep)}}}`
    answer = (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(text)
    expect(await client().send('DescribeTaskDetail', {})).toMatchObject({ RequestId: 'r' })
  })

  it('an answer that is wrong in thousands of places', async () => {
    answer = json({ Response: { ...detail.Response, Status: 5, TaskType: 7, ProcedureTask: 9 } })
    expect((await failure(call())).message.length).toBeLessThan(2_000)
    answer = json({ Response: { MediaInfoSet: Array(50_000).fill(7), TotalCount: 1, RequestId: 'r-1' } })
    const { message } = await failure(client().call('SearchMedia', {}))
    expect(Buffer.byteLength(message)).toBeLessThan(2_500)
  })

  it('nobody listens', async () => {
    const nobody = createVodClient({ endpoint: 'http://127.0.0.1:1', credentials })
    expect(await failure(nobody.call('DescribeTaskDetail', { TaskId: 'T' }))).toMatchObject({
      vodCode: 'ClientError.NotConnected',
      class: 'transient',
    })
  })

  it('no answer in time', async () => {
    answer = () => {}
    const error = await failure(client().call('DescribeTaskDetail', { TaskId: 'T' }, { timeout: 1_000 }))
    expect(error).toMatchObject({ vodCode: 'ClientError.Timeout', class: 'ambiguous' })
  })

  it('the caller gives up', async () => {
    const giveUp = new AbortController()
    answer = () => giveUp.abort()
    const error = await failure(
      client().call('DescribeTaskDetail', { TaskId: 'T' }, { signal: giveUp.signal }),
    )
    expect(error).toMatchObject({ vodCode: 'ClientError.Aborted', class: 'ambiguous' })
  })

  it('there are no keys', async () => {
    vi.stubEnv('HOME', '/nowhere')
    for (const name of ['SECRET_ID', 'SECRET_KEY']) vi.stubEnv(`TENCENTCLOUD_${name}`, undefined)
    const none = createVodClient({ endpoint })
    const error = await failure(none.call('DescribeTaskDetail', { TaskId: 'T' }))
    vi.unstubAllEnvs()
    expect(error).toMatchObject({ vodCode: 'ClientError.NoCredentials', class: 'transient' })
    expect(error.message).toContain('TENCENTCLOUD_SECRET_ID')
    expect(seen).toHaveLength(0)
  })

  it.each(['vod.example', 'ftp://vod.example', ''.padEnd(3)])('the endpoint is %j', (endpoint) => {
    expect(() => createVodClient({ endpoint, credentials })).toThrow(
      /endpoint: .* is not a URL; use an http or https URL/,
    )
  })
})
