import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DevServer, startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { vodflow } from '../cli/cli.js'
import { type Certificates, makeCertificates, startGatekeeper } from '../support/gatekeeper.js'

const apiKey = 'a-key-that-nobody-guesses-7f3a'

let temporal: DevServer
let certificates: Certificates
const closers: (() => unknown)[] = []
beforeAll(async () => {
  temporal = await startTemporalDevServer()
  certificates = await makeCertificates()
})
afterAll(async () => {
  for (const close of closers) close()
  await temporal.close()
})

async function gate(key?: string): Promise<string> {
  const keeper = await startGatekeeper({
    temporal: temporal.address,
    certificates,
    ...(key === undefined ? {} : { apiKey: key }),
  })
  closers.push(() => keeper.close())
  return keeper.address
}

/** `list` needs Temporal and nothing else. Everything is in Temporal's own variables. */
const list = (env: Readonly<Record<string, string>>) => vodflow(['list', '--json'], env)

it('with a client certificate: TEMPORAL_TLS_*', async () => {
  const tls = (pair: { cert: string; key: string }) => ({
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificates.ca,
    TEMPORAL_TLS_CLIENT_CERT_PATH: pair.cert,
    TEMPORAL_TLS_CLIENT_KEY_PATH: pair.key,
  })
  const TEMPORAL_ADDRESS = await gate()
  expect(await list({ TEMPORAL_ADDRESS, ...tls(certificates.client) })).toMatchObject({ code: 0, stderr: '' })
  const refused = await list({ TEMPORAL_ADDRESS, ...tls(certificates.stranger) })
  expect(refused.stderr).toMatch(new RegExp(`Temporal does not answer at ${TEMPORAL_ADDRESS}.*TEMPORAL_TLS`))
  expect(refused.code).toBe(1)
})

it('with an API key: TEMPORAL_API_KEY, which is in no message', async () => {
  const env = { TEMPORAL_ADDRESS: await gate(apiKey), TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificates.ca }
  expect(await list({ ...env, TEMPORAL_API_KEY: apiKey })).toMatchObject({ code: 0, stderr: '' })
  const wrong = `${apiKey.slice(0, -4)}ffff`
  const refused = await list({ ...env, TEMPORAL_API_KEY: wrong })
  expect(refused.stderr).toMatch(/TEMPORAL_API_KEY/)
  expect(refused.stderr).not.toContain(wrong)
  expect(refused.code).toBe(1)
})
