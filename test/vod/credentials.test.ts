import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { Agent, createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createVodClient, vodClientOf } from '../../src/vod/client.js'
import { credentialSource, knownKey } from '../../src/vod/credentials.js'
import { thrownBy } from '../support/thrownBy.js'

let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'vodflow-home-'))
  vi.stubEnv('HOME', home)
  for (const name of ['SECRET_ID', 'SECRET_KEY', 'SESSION_TOKEN'])
    vi.stubEnv(`TENCENTCLOUD_${name}`, undefined)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(home, { recursive: true })
})

const writeProfile = async (secretId: string) => {
  await mkdir(join(home, '.tencentcloud'))
  await writeFile(
    join(home, '.tencentcloud', 'credentials'),
    `[default]\nsecret_id = ${secretId}\nsecret_key = from-file\n`,
  )
}

it('the environment comes first, with its session token', async () => {
  await writeProfile('file')
  vi.stubEnv('TENCENTCLOUD_SECRET_ID', 'env')
  vi.stubEnv('TENCENTCLOUD_SECRET_KEY', 'from-env')
  vi.stubEnv('TENCENTCLOUD_SESSION_TOKEN', 'sts')
  expect(await credentialSource('default').getCredential()).toEqual({
    secretId: 'env',
    secretKey: 'from-env',
    token: 'sts',
  })
})

it("then Tencent's credential file", async () => {
  await writeProfile('file')
  expect(await credentialSource('default').getCredential()).toEqual({
    secretId: 'file',
    secretKey: 'from-file',
  })
})

it('a key that is changed in the environment is taken at the next call', async () => {
  vi.stubEnv('TENCENTCLOUD_SECRET_ID', 'old')
  vi.stubEnv('TENCENTCLOUD_SECRET_KEY', 'k')
  const source = credentialSource('default')
  await source.getCredential()
  vi.stubEnv('TENCENTCLOUD_SECRET_ID', 'new')
  expect(await source.getCredential()).toMatchObject({ secretId: 'new' })
})

it('a source that had keys and fails now is tried again, not given up', async () => {
  await writeProfile('file')
  const source = credentialSource('default')
  await source.getCredential()
  await rm(join(home, '.tencentcloud'), { recursive: true })
  const failure = await source.getCredential().catch((error) => error)
  expect(failure).toMatchObject({ vodCode: 'ClientError.CredentialSource', class: 'transient' })
})

it('none at all: every way to give one is named', async () => {
  const none = credentialSource('default').getCredential()
  await expect(none).rejects.toThrow(/TENCENTCLOUD_SECRET_ID.*~\/\.tencentcloud\/credentials.*CVM role/s)
  await expect(none).rejects.toMatchObject({ vodCode: 'ClientError.NoCredentials', class: 'transient' })
})

describe('on a CVM, keys may come later', () => {
  const said = { role: '', keys: '' }
  const answer: RequestListener = ({ url = '' }, response) => {
    const text = url.endsWith('/') ? said.role : said.keys
    response.writeHead(text === '' ? 404 : 200).end(text)
  }
  const metadata = createServer(answer)

  beforeEach(async () => {
    await new Promise<void>((resolve) => metadata.listen(0, '127.0.0.1', resolve))
    const { port } = metadata.address() as AddressInfo
    vi.spyOn(Agent.prototype, 'createConnection').mockImplementation(() => connect(port, '127.0.0.1'))
  })
  afterEach(() => {
    vi.restoreAllMocks()
    metadata.closeAllConnections()
    metadata.close()
  })

  it.each([
    ['it has no role', '', ''],
    ['its role has no keys', 'worker', ''],
    ['its answer is odd', 'worker', '<html>'],
    ['it gives none', 'worker', '{"Code":"Failed"}'],
  ])('%s', async (_, role, keys) => {
    Object.assign(said, { role, keys })
    const source = credentialSource('default')
    await expect(source.getCredential()).rejects.toMatchObject({
      vodCode: 'ClientError.CredentialSource',
      class: 'transient',
      message: expect.stringContaining('none found in the environment'),
    })
    const ExpiredTime = Date.now() / 1_000 + 600
    said.role = 'worker'
    said.keys = JSON.stringify({
      Code: 'Success',
      TmpSecretId: 'i',
      TmpSecretKey: 'k',
      Token: 't',
      ExpiredTime,
    })
    expect(await source.getCredential()).toEqual({ secretId: 'i', secretKey: 'k', token: 't' })
  })
})

it.each(['secretId', 'secretKey'])('an empty %s in the options is refused by its name', (member) => {
  for (const empty of ['', ' \n']) {
    const credentials = { secretId: 'AKIDEXAMPLE', secretKey: 'k', [member]: empty }
    expect(thrownBy(() => vodClientOf({ credentials }, 'accounts.eu.'))).toContain(
      `accounts.eu.credentials.${member}: is empty; `,
    )
  }
})

it.each(['AKIDhunter2', null, 7, () => 'hunter2', ['hunter2'], { secretId: 7, secretKey: { hunter2: 1 } }])(
  'credentials of another shape are refused or empty, and not shown: %j',
  async (credentials) => {
    const error = await (async () => credentialSource(credentials as never).getCredential())().catch((e) => e)
    expect(error).toBeInstanceOf(Error)
    expect(error.message).toMatch(/credentials|TENCENTCLOUD_SECRET_ID/)
    expect(error.message).not.toContain('hunter2')
  },
)

describe('a key that cannot be sent', () => {
  const bad = [
    'first\nsecond',
    'first\r\nsecond',
    'first\tsecond',
    'firstüsecond',
    'first\u0000second',
    'first”second',
  ]
  const good = { secretId: 'AKIDEXAMPLE', secretKey: 'from-env' }

  it.each(bad)('is refused at once by the name of its variable: %j', (value) => {
    for (const name of ['SECRET_ID', 'SECRET_KEY', 'SESSION_TOKEN']) {
      vi.stubEnv('TENCENTCLOUD_SECRET_ID', good.secretId)
      vi.stubEnv('TENCENTCLOUD_SECRET_KEY', good.secretKey)
      // An environment holds no NUL.
      vi.stubEnv(`TENCENTCLOUD_${name}`, value.replace('\u0000', '\u0001'))
      const shown = thrownBy(() => createVodClient())
      expect(shown).toContain(`TENCENTCLOUD_${name}`)
      expect(shown).not.toMatch(/first|second/)
      vi.stubEnv('TENCENTCLOUD_SESSION_TOKEN', undefined)
    }
  })

  it.each(bad)('is refused at once by its path in the options: %j', (value) => {
    for (const member of ['secretId', 'secretKey', 'token'] as const) {
      const credentials = { ...good, [member]: value }
      const shown = thrownBy(() => vodClientOf({ credentials }, 'accounts.eu.'))
      expect(shown).toContain(`accounts.eu.credentials.${member}`)
      expect(shown).not.toMatch(/first|second/)
    }
  })

  it.each(['firstüsecond', 'first”second', '"first\\nsecond"'])('in the file: %s', async (value) => {
    await writeProfile(value)
    const named = 'secret_id in the credential file'
    await expect(knownKey()).rejects.toThrow(named)
    const error = await credentialSource('default')
      .getCredential()
      .catch((thrown) => thrown)
    expect(error).toMatchObject({ vodCode: 'ClientError.BadCredentials', class: 'transient' })
    expect(error.message).toContain(named)
    expect(error.message).not.toMatch(/first|second/)
  })

  it('that replaces a good one while the process runs is refused by each call, until it is good again', async () => {
    vi.stubEnv('TENCENTCLOUD_SECRET_ID', good.secretId)
    vi.stubEnv('TENCENTCLOUD_SECRET_KEY', good.secretKey)
    const source = credentialSource('default')
    await source.getCredential()
    vi.stubEnv('TENCENTCLOUD_SECRET_KEY', 'first\nsecond')
    const error = await source.getCredential().catch((thrown) => thrown)
    expect(error).toMatchObject({ vodCode: 'ClientError.BadCredentials' })
    expect(error.message).toContain('TENCENTCLOUD_SECRET_KEY')
    vi.stubEnv('TENCENTCLOUD_SECRET_KEY', 'good again')
    expect(await source.getCredential()).toMatchObject({ secretKey: 'good again' })
  })
})

it.each([' %\n', '\t%\r\n', '\n\n%', '%\u00a0', '\ufeff%'])(
  'what stands around a key is dropped: %j',
  async (around) => {
    const given = (value: string) => around.replace('%', value)
    vi.stubEnv('TENCENTCLOUD_SECRET_ID', given('env'))
    vi.stubEnv('TENCENTCLOUD_SECRET_KEY', given('from-env'))
    vi.stubEnv('TENCENTCLOUD_SESSION_TOKEN', given('a "quoted" \\ token'))
    const keys = { secretId: 'env', secretKey: 'from-env', token: 'a "quoted" \\ token' }
    expect(await credentialSource('default').getCredential()).toEqual(keys)
    const options = { secretId: given('env'), secretKey: given('from-env'), token: given(keys.token) }
    expect(await credentialSource(options).getCredential()).toEqual(keys)
  },
)

it('what is known of keys is a SecretId that stays, or the kind of keys', async () => {
  const assumeRole = { RoleArn: 'qcs::cam::uin/1:roleName/vod', RoleSessionName: 'vodflow' }
  expect(await knownKey({ secretId: ' options ', secretKey: 'k' })).toEqual({ secretId: 'options' })
  expect(await knownKey({ secretId: 'options', secretKey: 'k', token: 't' })).toEqual({ kind: 'temporary' })
  expect(await knownKey()).toEqual({ kind: 'role' })
  await writeProfile('file')
  expect(await knownKey()).toEqual({ secretId: 'file' })
  expect(await knownKey({ assumeRole })).toEqual({ kind: 'role' })
  vi.stubEnv('TENCENTCLOUD_SECRET_ID', 'env')
  vi.stubEnv('TENCENTCLOUD_SECRET_KEY', 'from-env')
  expect(await knownKey()).toEqual({ secretId: 'env' })
  vi.stubEnv('TENCENTCLOUD_SESSION_TOKEN', 'a token')
  expect(await knownKey()).toEqual({ kind: 'temporary' })
})
