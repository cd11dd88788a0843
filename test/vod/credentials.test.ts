import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { credentialSource } from '../../src/vod/credentials.js'

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
  expect(failure).toMatchObject({ code: 'ClientError.CredentialSource', class: 'transient' })
})

it('none at all: every way to give one is named', async () => {
  const none = credentialSource('default').getCredential()
  await expect(none).rejects.toThrow(/TENCENTCLOUD_SECRET_ID.*~\/\.tencentcloud\/credentials.*CVM role/s)
})
