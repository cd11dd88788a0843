import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hide, redact } from '../../src/cli/redact.js'
import { createVodClient } from '../../src/vod/client.js'
import { forged } from '../callbacks/rig.js'
import { type Deployment, startDeployment } from './deployment.js'
import { start } from './processes.js'

/** Lines of a log: every one is an object. */
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

/** A history with its payloads decoded. */
const inClear = (history: string) =>
  history.replace(/"data": "([^"]+)"/g, (_, data: string) => Buffer.from(data, 'base64').toString())

/** As it stands in JSON. */
const quoted = (secret: string) => JSON.stringify(secret).slice(1, -1)

const soon = { timeout: 60_000, interval: 200 }

describe('the real commands at their most verbose', () => {
  let deployed: Deployment
  beforeAll(async () => {
    deployed = await startDeployment(['--log-level', 'trace'])
  })
  afterAll(() => deployed?.close())

  it('print a run, its calls and bad events, as one object a line, and none of their secrets', async () => {
    const { vod, vodflow, worker, callbacks, secrets } = deployed
    vod.faults.add({
      kind: 'error',
      action: 'ProcessMediaByProcedure',
      code: 'AuthFailure.SignatureFailure',
      times: 5,
    })
    const refused = await vodflow.process({ FileId: await deployed.media('refused'), ProcedureName: 'one' })
    await expect(refused.result()).rejects.toThrow('AuthFailure.SignatureFailure')
    vod.faults.add({ kind: 'loseReply', action: 'ProcessMediaByProcedure', times: 1 })
    const FileId = await deployed.media('clip')
    const run = await vodflow.process({ FileId, ProcedureName: 'one', SessionContext: 'order 42' })
    const { TaskId } = await run.result()
    await fetch(`${callbacks.url}?Sign=${secrets.signKey}&T=1`, { method: 'POST', body: forged() })
    await fetch(callbacks.url, {
      method: 'POST',
      body: JSON.stringify({ EventType: 'NewFileUpload', Sign: secrets.signKey, T: 1 }),
    })
    await expect.poll(() => callbacks.said.err, soon).toContain('"verdict":"badSign"')
    await expect.poll(() => worker.said.err, soon).toContain('"status":"succeeded"')
    expect(await callbacks.stop()).toBe(0)
    expect(await worker.stop()).toBe(0)

    const ended = linesOf(worker.said.err).find(
      (line) => line.message === 'step ended' && line.status === 'succeeded',
    )
    expect(ended).toMatchObject({ level: 'info', workflowId: run.workflowId, FileId, TaskId })
    const read = linesOf(worker.said.err).find(
      (line) => line.activityType === 'DescribeTaskDetail' && line.TaskId === TaskId,
    )
    expect(read).toMatchObject({ workflowId: run.workflowId })
    const heard = linesOf(callbacks.said.err).find((line) => line.verdict === 'delivered')
    expect(heard).toMatchObject({ workflowId: run.workflowId, TaskId })
    // What is wrong with a Sign is no secret: the SignKey, or the clock.
    const unsigned = linesOf(callbacks.said.err).filter((line) => line.verdict === 'badSign')
    expect(unsigned.map(({ signIs }) => signIs)).toContain('bad')
    // Temporal's own code, and its native part, write into the same log.
    expect(worker.said.err).toContain('"sdkComponent":"core"')
    expect(worker.said.err).toContain('"level":"trace"')

    const { tasks } = vod.books()
    const tokens = tasks.map(({ SessionContext }) => SessionContext.split('|')[0] as string)
    expect(tokens.every((token) => token.startsWith('vf1.'))).toBe(true)
    const history = await vodflow.client.workflow.getHandle(run.workflowId).fetchHistory()
    const said = [worker, callbacks].map((each) => each.said.out + each.said.err)
    const everything = [...said, inClear(historyToJSON(history))].join('')
    for (const [name, secret] of [
      ...Object.entries(secrets),
      ...tokens.map((token) => ['token', token] as const),
    ])
      expect(everything.includes(secret) || everything.includes(quoted(secret)), name).toBe(false)
  })
})

it('the emulator prints calls and events, and none of its keys', async () => {
  const credentials = { secretId: 'AKIDabcdefghijklmnop', secretKey: 'the-key-of-this-emulator' }
  const keys = ['--secret-id', credentials.secretId, '--secret-key', credentials.secretKey]
  const emulator = start(
    ['emulator', '--port', '0', '--media', 'instant', '--log-level', 'trace', ...keys],
    {},
  )
  const endpoint = await emulator.says(/http:\S+/)
  const vod = createVodClient({ endpoint, credentials })
  await vod.call('ModifyEventConfig', {
    Mode: 'PUSH',
    NotificationUrl: 'http://someone:the-password@127.0.0.1:1/take?key=in-the-query',
    UploadMediaCompleteEventSwitch: 'ON',
  })
  const upload = await fetch(`${endpoint}/_admin/upload/clip.mp4`, { method: 'PUT', body: 'x' })
  expect(upload.status).toBe(200)
  await expect.poll(() => emulator.said.err, soon).toContain('an event was sent')
  expect(await emulator.stop()).toBe(0)
  expect(linesOf(emulator.said.err)[0]).toMatchObject({ action: 'ModifyEventConfig', code: '' })
  for (const secret of [...Object.values(credentials), 'the-password', 'in-the-query'])
    expect(emulator.said.out + emulator.said.err).not.toContain(secret)
})

it('an error that ends a command shows no secret either', async () => {
  const secret = 'a-secret-that-is-long-enough-to-be-one'
  const callbacks = start(['callbacks', '--port', '0'], {
    VODFLOW_MAC_KEYS: `k1:${secret}`,
    VODFLOW_FORWARD_TO: `http://me:${secret}@127.0.0.1/`,
  })
  await expect(callbacks.says(/on http/)).rejects.toThrow('forwardTo')
  expect(callbacks.said.err).not.toContain(secret)
})

describe('the last look at a line', () => {
  it.each([
    [
      'Authorization: TC3-HMAC-SHA256 Credential=AKIDabcdefghij/2026-01-01/vod/tc3_request, Signature=0123abcd',
      '0123abcd',
    ],
    ['{"Authorization":"Bearer abc.def"}', 'abc.def'],
    ['{"SecretKey":"abcdefg","x":1}', 'abcdefg'],
    ['{"a":"{\\"secretKey\\":\\"abcdefg\\"}"}', 'abcdefg'],
    ['GET https://a.example/b.mp4?t=5&sign=abcdefg HTTP/1.1', 'abcdefg'],
    ['{"url":"https://a.example/b.mp4?sign=abcdefg"}', 'abcdefg'],
    ['postgres http://user:abcdefg@a.example/', 'abcdefg'],
    ['from ftp://user:abcdefg@a.example/b.mp4', 'abcdefg'],
    ['to rtmp://a.example/live/b?txSecret=abcdefg', 'abcdefg'],
    ['{"url":"https://a.example/b.mp4#tok=abcdefg"}', 'abcdefg'],
    ['url=https%3A%2F%2Fa.example%2Fb.mp4%3Ft%3Dabcdefg', 'abcdefg'],
    ['url=https%3a%2f%2fa.example%2fb.mp4%23tok%3dabcdefg', 'abcdefg'],
    ['url=https%253A%252F%252Fuser%253Aabcdefg%2540a.example%252F', 'abcdefg'],
    ['SessionContext vf1.k1.AAAA_-bb.CCCCdddd|order 42', 'CCCCdddd'],
    ['whsec_abcdefg', 'abcdefg'],
  ])('%s', (line, secret) => {
    const safe = redact(line)
    expect(safe).not.toContain(secret)
    if (line.startsWith('{')) JSON.parse(safe)
  })

  it.each([
    'see https://a.example/errors.md#an-anchor',
    'at https://a.example/b.mp4#t=15',
    'url=https%3A%2F%2Fa.example%2Fb.mp4',
  ])('leaves an address without a secret alone: %s', (line) => expect(redact(line)).toBe(line))

  it('hides a known value as it is, in JSON and in a URL, and leaves the rest of a line alone', () => {
    hide('a "quoted" key')
    expect(redact(JSON.stringify({ message: 'a "quoted" key', FileId: '528' }))).toBe(
      '{"message":"[redacted]","FileId":"528"}',
    )
    expect(redact(`x=${encodeURIComponent('a "quoted" key')}`)).toBe('x=[redacted]')
    expect(redact('{"workflowId":"vodflow/528","TaskId":"1500000001-procedurev2-aaaa"}')).toBe(
      '{"workflowId":"vodflow/528","TaskId":"1500000001-procedurev2-aaaa"}',
    )
  })
})
