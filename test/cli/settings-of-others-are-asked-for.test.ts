import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { createVodClient, type VodClient } from '../../src/vod/client.js'
import { binary, root } from '../support/binary.js'
import { startOddVod } from '../support/oddVod.js'
import { vodflow } from './cli.js'

const keys = { secretId: 'local', secretKey: 'local' }

let vod: Emulator
let client: VodClient
let environment: Record<string, string>
beforeAll(async () => {
  vod = await startEmulator({ ...keys, media: 'instant' })
  vod.switches.ignoreSkew = true
  client = createVodClient({ endpoint: vod.endpoint, credentials: keys })
  environment = {
    VODFLOW_VOD_ENDPOINT: vod.endpoint,
    TENCENTCLOUD_SECRET_ID: 'local',
    TENCENTCLOUD_SECRET_KEY: 'local',
  }
})
afterAll(() => vod.close())

type Config = Readonly<Record<string, unknown>>
const unset = { Mode: 'PUSH', NotificationUrl: '', UploadMediaCompleteEventSwitch: 'OFF' } as const
const theirs = { Mode: 'PUSH', NotificationUrl: 'https://them.test/hook' } as const
const pulled = { Mode: 'PULL' } as const
const config = async (): Promise<Config> => {
  const { RequestId: _, ...now } = await client.call('DescribeEventConfig', {})
  return now
}
beforeEach(async () => {
  // VOD takes 20 of these calls a second.
  vod.clock.advance(1_000)
  await client.call('ModifyEventConfig', unset)
})

const set = (...args: readonly string[]) => vodflow(['events', 'set', ...args], environment)
const push = (url: string) => ['--mode', 'PUSH', '--url', url]

describe('what another system has set', () => {
  it.each([
    [
      'its URL',
      theirs,
      push('https://us.test/'),
      ['NotificationUrl https://them.test/hook with https://us.test/'],
    ],
    [
      'a query',
      { ...theirs, NotificationUrl: 'https://them.test/?key=s3cret' },
      push('https://us.test/'),
      ['NotificationUrl https://them.test/?[redacted] with https://us.test/'],
    ],
    [
      'a password',
      { ...theirs, NotificationUrl: 'https://ann:s3cret@them.test/' },
      push('https://us.test/?key=s3cret'),
      ['NotificationUrl https://[redacted]@them.test/ with https://us.test/?[redacted]'],
    ],
    ['its pulling', pulled, push('https://us.test/'), ['Mode PULL with PUSH']],
    [
      'its pushing',
      theirs,
      ['--mode', 'PULL'],
      ['Mode PUSH with PULL', 'NotificationUrl https://them.test/hook receives no more events'],
    ],
    [
      'its events of uploads',
      { ...theirs, UploadMediaCompleteEventSwitch: 'ON' },
      [...push('https://them.test/hook'), '--uploads', 'OFF'],
      ['UploadMediaCompleteEventSwitch ON with OFF'],
    ],
  ] as const)('is not replaced without a word: %s', async (_, before, args, said) => {
    await client.call('ModifyEventConfig', before)
    const was = await config()
    const refused = await set(...args)
    for (const line of said) expect(refused.stderr).toContain(line)
    expect(refused.stderr).toContain('nothing was changed')
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).not.toContain('s3cret')
    expect(await config()).toEqual(was)

    const done = await set(...args, '--yes', '--json')
    for (const line of said) expect(done.stderr).toContain(line)
    expect(done.code).toBe(0)
    expect(done.stdout + done.stderr).not.toContain('s3cret')
    expect(JSON.parse(done.stdout).replaced).not.toEqual({})
    expect(await config()).not.toEqual(was)
  })

  it('nor is a SignKey, which VOD does not show', async () => {
    await client.call('ModifyEventConfig', theirs)
    const signed = { ...environment, VODFLOW_SIGN_KEY: 'ours' }
    const args = ['events', 'set', ...push(theirs.NotificationUrl), '--sign-key']
    const refused = await vodflow(args, signed)
    expect(refused.stderr).toContain(
      'vodflow: replaces the SignKey if one is set; VOD does not show whether one is',
    )
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    const done = await vodflow([...args, '--yes', '--json'], signed)
    expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('the SignKey') })
    await client.call('ModifyEventConfig', unset)
    expect(await vodflow(args, signed)).toMatchObject({ code: 0, stderr: '' })
  })

  it.each([
    ['nothing is set', unset, push('https://us.test/')],
    ['it is the same', theirs, push('https://them.test/hook')],
    ['more is switched on', theirs, [...push('https://them.test/hook'), '--uploads', 'ON']],
    ['it is pulled already', pulled, ['--mode', 'PULL']],
  ] as const)('is nothing to ask about where %s', async (_, before, args) => {
    await client.call('ModifyEventConfig', before)
    expect(await set(...args)).toMatchObject({ code: 0, stderr: '' })
  })
})

/** The answers of a person in a terminal. */
async function inTerminal(args: readonly string[], answer: string) {
  const command = [process.execPath, binary, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: root,
    env: { ...process.env, ...environment },
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk
    if (chunk.includes('(y/N)')) child.stdin.write(`${answer}\n`)
  })
  const [code] = await once(child, 'close')
  return { code, said }
}

it.runIf(process.platform === 'linux').each([
  ['y', 0, 'https://us.test/'],
  ['', 1, theirs.NotificationUrl],
])('in a terminal, a person is asked and says "%s"', async (answer, code, url) => {
  await client.call('ModifyEventConfig', theirs)
  const asked = await inTerminal(['events', 'set', ...push('https://us.test/')], answer)
  expect(asked.said).toContain('replaces NotificationUrl https://them.test/hook with https://us.test/')
  expect(asked.code).toBe(code)
  expect(await config()).toMatchObject({ NotificationUrl: url })
})

it.each([{}, { Mode: 'PUSH' }, { NotificationUrl: '' }])(
  'an incomplete answer replaces nothing: %j',
  async (answer) => {
    const odd = await startOddVod()
    odd.answer('DescribeEventConfig', answer)
    odd.answer('ModifyEventConfig', {})
    odd.answer('DescribeProcedureTemplates', { TotalCount: 5, ProcedureTemplateSet: [] })
    const here = { ...environment, VODFLOW_VOD_ENDPOINT: odd.endpoint }
    const changed = await vodflow(['events', 'set', '--mode', 'PULL'], here)
    const listed = await vodflow(['templates', 'list'], here)
    const shown = await vodflow(['templates', 'show', 'x'], here)
    await odd.close()
    for (const { code, stderr } of [changed, listed, shown]) {
      expect(stderr).toContain('ClientError.BadResponse')
      expect(code).toBe(1)
    }
  },
)

it('an answer of VOD adds no line to the question', async () => {
  const odd = await startOddVod()
  const text = 'them\r\nvodflow: all is well\u2028'
  odd.answer('DescribeEventConfig', { Mode: 'PUSH', NotificationUrl: text })
  const { stderr } = await vodflow(['events', 'set', '--mode', 'PULL'], {
    ...environment,
    VODFLOW_VOD_ENDPOINT: odd.endpoint,
  })
  await odd.close()
  expect(stderr).toContain('NotificationUrl them vodflow: all is well  receives no more events\n')
})

it.each(['https://ann:s3cret@us.test/', 'https://s3cret@us.test/', 'http://:s3cret@us.test:8080/x'])(
  'a user or password in a URL is refused: %s',
  async (url) => {
    const { code, stdout, stderr } = await set(...push(url))
    expect(stderr).toMatch(/^vodflow: --url: contains a user or password/)
    expect(code).toBe(1)
    expect(stdout + stderr).not.toContain('s3cret')
    expect(await config()).toMatchObject({ NotificationUrl: '' })
  },
)

it.each(['https://ann:s3cret@them.test/a', 'https://them.test/a?token=s3cret', 'https://them.test/a?s3cret'])(
  'show hides %s',
  async (NotificationUrl) => {
    await client.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl })
    for (const flags of [[], ['--json']]) {
      const { code, stdout } = await vodflow(['events', 'show', ...flags], environment)
      expect(code).toBe(0)
      expect(stdout).toContain('them.test/a')
      expect(stdout).not.toContain('s3cret')
    }
  },
)
