import { createServer, type Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { connect, TemporalUnreachableError } from '../../src/client/index.js'
import { loadTemporalSettings } from '../../src/temporal/settings.js'
import { openRig, type Rig } from './rig.js'

let rig: Rig
let silent: Server
beforeAll(async () => {
  rig = await openRig()
  silent = createServer()
  await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening))
})
afterAll(async () => {
  silent?.close()
  await rig?.close()
})

describe('connect', () => {
  it('gives up on an address where nobody listens, after the time that was given', async () => {
    const connecting = connect({ address: '127.0.0.1:1', connectTimeout: 300 })
    await expect(connecting).rejects.toThrow(TemporalUnreachableError)
    await expect(connecting).rejects.toThrow(/does not answer at 127\.0\.0\.1:1\..*TEMPORAL_ADDRESS/)
  })

  it('gives up on one that listens and says nothing', async () => {
    const { port } = silent.address() as { port: number }
    const connecting = connect({ address: `127.0.0.1:${port}`, connectTimeout: 300 })
    await expect(connecting).rejects.toThrow(`does not answer at 127.0.0.1:${port}`)
  })

  it('names a namespace that is not there', async () => {
    const connecting = connect({ address: rig.address, namespace: 'nowhere' })
    await expect(connecting).rejects.toThrow(TemporalUnreachableError)
    await expect(connecting).rejects.toThrow(/no namespace "nowhere"\. Set TEMPORAL_NAMESPACE/)
  })

  it('shows nothing of a configuration file that it cannot read', async () => {
    process.env.TEMPORAL_CONFIG_FILE = fileURLToPath(new URL('./broken.toml', import.meta.url))
    try {
      const connecting = connect()
      await expect(connecting).rejects.toThrow(/settings for Temporal cannot be used/)
      await expect(connecting).rejects.not.toThrow(/hush/)
    } finally {
      delete process.env.TEMPORAL_CONFIG_FILE
    }
  })

  it.each<[string, Record<string, string>, { readonly address?: string }]>([
    ['address', {}, { address: 'ann:hush@temporal.test:7233' }],
    ['TEMPORAL_ADDRESS', { TEMPORAL_ADDRESS: 'ann:hush@temporal.test:7233' }, {}],
    ['TEMPORAL_ADDRESS', { TEMPORAL_ADDRESS: 'https://hush@temporal.test' }, {}],
  ])('refuses a password in %s, and shows nothing of it: %o', async (name, env, options) => {
    for (const [variable, value] of Object.entries(env)) vi.stubEnv(variable, value)
    const connecting = connect(options)
    await expect(connecting).rejects.toThrow(`${name}: contains a user or password`)
    await expect(connecting).rejects.not.toThrow(/hush/)
    vi.unstubAllEnvs()
  })

  it('takes an empty variable as not set', async () => {
    for (const name of ['TEMPORAL_NAMESPACE', 'TEMPORAL_API_KEY', 'TEMPORAL_TLS', 'TEMPORAL_PROFILE'])
      vi.stubEnv(name, '')
    const vodflow = await connect({ address: rig.address })
    expect(vodflow.client.options.namespace).toBe('default')
    await vodflow.close()
    vi.stubEnv('TEMPORAL_ADDRESS', '')
    expect(loadTemporalSettings().connectionOptions.address).toBeUndefined()
    vi.unstubAllEnvs()
  })

  it('takes address and namespace from the environment', async () => {
    process.env.TEMPORAL_ADDRESS = rig.address
    process.env.TEMPORAL_NAMESPACE = 'nowhere'
    try {
      await expect(connect()).rejects.toMatchObject({
        target: { address: rig.address, namespace: 'nowhere' },
      })
      const vodflow = await connect({ namespace: 'default' })
      expect(vodflow.client.options.namespace).toBe('default')
      await vodflow.close()
    } finally {
      delete process.env.TEMPORAL_ADDRESS
      delete process.env.TEMPORAL_NAMESPACE
    }
  })
})
