import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
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
