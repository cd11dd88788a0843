import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../src/client/index.js'
import { loadTemporalSettings } from '../../src/temporal/settings.js'
import { thrownBy } from '../support/thrownBy.js'

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('TEMPORAL_')) vi.stubEnv(name, undefined)
  vi.stubEnv('XDG_CONFIG_HOME', '/nowhere')
})
afterEach(() => vi.unstubAllEnvs())

const set = (env: Readonly<Record<string, string>>) => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
}

describe('a switch of Temporal', () => {
  it.each(['true', 'TRUE', 'True', '1'])('TEMPORAL_TLS=%s turns TLS on', (given) => {
    set({ TEMPORAL_TLS: given })
    expect(loadTemporalSettings().connectionOptions.tls).toBeTypeOf('object')
  })

  it.each(['false', 'FALSE', 'False', '0'])('TEMPORAL_TLS=%s turns it off', (given) => {
    set({ TEMPORAL_TLS: given })
    expect(loadTemporalSettings().connectionOptions.tls).toBe(false)
  })

  it.each(['TEMPORAL_TLS', 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'])('%s is nothing else', (name) => {
    for (const given of ['yes', 'on', ' true', 'true\n', 'enabled', 'no', 'off', '"true"', '2', ' ']) {
      set({ [name]: given })
      const problem = `${name}: is neither true nor false; set it to true or false`
      expect(
        thrownBy(() => loadTemporalSettings()),
        JSON.stringify(given),
      ).toContain(problem)
    }
  })

  it('sends nothing if it cannot be read', async () => {
    let connections = 0
    const server = createServer().on('session', () => connections++)
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
    set({ TEMPORAL_ADDRESS: address, TEMPORAL_API_KEY: 'hush', TEMPORAL_TLS: 'yes' })
    await expect(connect()).rejects.toThrow('TEMPORAL_TLS: is neither true nor false')
    expect(connections).toBe(0)
    server.close()
  })
})

describe('an API key', () => {
  const away = 'media.a1b2c.tmprl.cloud:7233'
  const refusal = /is sent without TLS to another machine/

  it('is not sent in clear text to another machine', async () => {
    set({ TEMPORAL_ADDRESS: away, TEMPORAL_API_KEY: 'hush', TEMPORAL_TLS: 'false' })
    expect(thrownBy(() => loadTemporalSettings())).toMatch(refusal)
    await expect(connect()).rejects.toThrow('TEMPORAL_API_KEY: is sent without TLS to another machine')
    await expect(connect()).rejects.not.toThrow(/hush/)
  })

  it('is not either if the options of connect say so', async () => {
    for (const tls of [false, null]) {
      const connecting = connect({ address: away, apiKey: 'hush', tls })
      await expect(connecting).rejects.toThrow('apiKey: is sent without TLS to another machine')
    }
    set({ TEMPORAL_TLS: 'false' })
    await expect(connect({ address: away, apiKey: 'hush' })).rejects.toThrow(refusal)
  })

  it.each(['127.0.0.1:7233', 'localhost:7233', '[::1]:7233', 'localhost', ''])(
    'may be sent to %s',
    (address) => {
      set({ TEMPORAL_ADDRESS: address, TEMPORAL_API_KEY: 'hush', TEMPORAL_TLS: 'false' })
      expect(loadTemporalSettings().connectionOptions).toMatchObject({ apiKey: 'hush', tls: false })
    },
  )

  it('is sent with TLS if nothing else is said, or if connect says it', () => {
    set({ TEMPORAL_ADDRESS: away, TEMPORAL_API_KEY: 'hush' })
    expect(loadTemporalSettings().connectionOptions.tls).toBe(true)
    set({ TEMPORAL_TLS: 'false' })
    expect(loadTemporalSettings({ tls: true }).connectionOptions.tls).toBe(true)
  })
})

describe('the file of TEMPORAL_CONFIG_FILE', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vodflow-toml-'))
    set({ TEMPORAL_CONFIG_FILE: join(folder, 't.toml') })
  })
  afterEach(() => rm(folder, { recursive: true }))
  const write = (...lines: readonly string[]) => writeFile(join(folder, 't.toml'), lines.join('\n'))
  const problem = () => thrownBy(() => loadTemporalSettings())

  it.each([
    ['adress = "a:1"', 'profile.default.adress: is not known; write address'],
    ['address = ["a:1"]', 'profile.default.address: is a list, not a string'],
    ['address = 7233', 'profile.default.address: is a number, not a string'],
    ['address = true', 'profile.default.address: is a boolean, not a string'],
    ['namespace = 1', 'profile.default.namespace: is a number, not a string'],
    ['api_key = 12345', 'profile.default.api_key: is a number, not a string'],
    ['tls = true', 'profile.default.tls: is a boolean, not an object'],
    [
      'tls.disabled = "true"',
      'profile.default.tls.disabled: is a string, not a boolean; write true or false',
    ],
    ['tls.disabled = 0', 'profile.default.tls.disabled: is a number, not a boolean'],
    ['tls.disable = true', 'profile.default.tls.disable: is not known'],
    ['tls.disable_host_verification = "no"', 'tls.disable_host_verification: is a string, not a boolean'],
    ['tls.server_name = true', 'profile.default.tls.server_name: is a boolean, not a string'],
    ['tls.client_cert_data = 1', 'profile.default.tls.client_cert_data: is a number, not a string'],
    ['grpc_meta.x = 1', 'profile.default.grpc_meta.x: is a number, not a string'],
    ['grpc_meta = "x"', 'profile.default.grpc_meta: is a string, not an object'],
    ['codec.endpoints = "x"', 'profile.default.codec.endpoints: is not known; write endpoint'],
  ])('%s is named', async (line, text) => {
    await write('[profile.default]', line)
    expect(problem()).toContain(text)
    expect(problem()).toContain(join(folder, 't.toml'))
  })

  it('a wrong table or profile is named', async () => {
    await write('[profiles.default]', 'address = "a:1"')
    expect(problem()).toContain('profiles: is not known; write profile')
    await write('profile = 1')
    expect(problem()).toContain('profile: is a number, not an object')
    await write('profile.default = 1')
    expect(problem()).toContain('profile.default: is a number, not an object')
  })

  it('the file at the usual place is checked in the same way', async () => {
    set({ TEMPORAL_CONFIG_FILE: '', XDG_CONFIG_HOME: folder })
    await mkdir(join(folder, 'temporalio'))
    await writeFile(join(folder, 'temporalio', 'temporal.toml'), '[profile.default]\nadress = "a:1"')
    if (process.platform === 'linux') expect(problem()).toContain('profile.default.adress: is not known')
  })

  it('a file that does not exist is named', () => {
    expect(problem()).toContain(`TEMPORAL_CONFIG_FILE ${join(folder, 't.toml')}: does not exist`)
  })

  it('every key that Temporal documents is taken', async () => {
    await write(
      '[profile.default]',
      'address = "a:1"',
      'namespace = "n"',
      'api_key = "k"',
      '[profile.default.tls]',
      'disabled = false',
      'server_name = "s"',
      'client_cert_data = "c"',
      'client_key_data = "c"',
      'server_ca_cert_data = "c"',
      'disable_host_verification = true',
      '[profile.default.codec]',
      'endpoint = "https://c"',
      'auth = "x"',
      '[profile.default.grpc_meta]',
      'x-any-name = "y"',
      '[profile.other.tls]',
      'client_cert_path = "/c"',
      'client_key_path = "/c"',
      'server_ca_cert_path = "/c"',
    )
    expect(loadTemporalSettings()).toMatchObject({ namespace: 'n', connectionOptions: { address: 'a:1' } })
  })
})
