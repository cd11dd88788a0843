import { afterAll, beforeAll, expect, it } from 'vitest'
import { startEmulator } from '../../src/emulator/index.js'
import { vodflow as command } from '../cli/cli.js'
import { type Deployment, startDeployment } from './deployment.js'
import { type Started, start } from './processes.js'

const soon = { timeout: 60_000, interval: 500 }
const secret = (digit: string) => digit.repeat(40)
const own = { VODFLOW_MAC_KEYS: `k1:${secret('1')}` }
const other = { VODFLOW_MAC_KEYS: `k1:${secret('2')}` }
const rotated = { VODFLOW_MAC_KEYS: `k2:${secret('3')},k1:${secret('1')}` }

let deployed: Deployment
beforeAll(async () => {
  deployed = await startDeployment(['--log-format', 'json'], { worker: own, callbacks: own })
})
afterAll(() => deployed?.close())

const doctor = async (env: Readonly<Record<string, string>>, check = 'MAC keys') =>
  (await command(['doctor'], { ...deployed.env, ...env })).stdout
    .split('\n')
    .filter((line) => line.includes(check))
    .at(-1)

const warned = ({ said }: Started, message = 'MAC keys differ, so events wake no run') =>
  said.err.split('\n').filter((line) => line.includes(`"${message}"`))

it('doctor compares its MAC keys with those of the worker, and shows no secret', async () => {
  // A worker shows its keys when it polls, which may be later than this.
  const says = (env: Readonly<Record<string, string>>) => expect.poll(() => doctor(env), soon)
  await says(own).toMatch(/^good .*every worker of account default that polls \(1\)/)
  const differs = /^BAD .*"k1" has different secrets: one at \d+@\S+; another at this process/
  await says(other).toMatch(differs)
  expect(await doctor(other)).not.toContain(secret('1').slice(0, 8))
  await says({ VODFLOW_MAC_KEYS: `k9:${secret('1')}` }).toMatch(
    /^BAD .*"k1" signs at a worker and is missing at this process/,
  )
  // A key that only verifies here is the first half of a rotation.
  await says({ VODFLOW_MAC_KEYS: `k1:${secret('1')},k2:${secret('3')}` }).toMatch(
    /^good .*every worker of account default that polls \(1\)/,
  )
})

it('doctor, the worker that starts and the callback service name a second worker with another secret', async () => {
  const run = await deployed.vodflow.process({ FileId: await deployed.media('one'), ProcedureName: 'one' })
  await run.result()
  const second = start(['worker', '--log-format', 'json'], { ...deployed.env, ...other })
  await second.says(/^vodflow worker/)
  try {
    // Only one of the two answers a query, and each of them polls.
    await expect.poll(() => doctor(own), soon).toMatch(/^BAD .*"k1" has different secrets/)
    await expect.poll(() => warned(second), soon).toHaveLength(1)
    expect(JSON.parse(warned(second)[0] ?? '')).toMatchObject({ level: 'warn', account: 'default' })
    expect(second.said.err).not.toContain(secret('2').slice(0, 8))
    const callbacks = start(['callbacks', '--port', '0', '--log-format', 'json'], {
      ...deployed.env,
      ...own,
    })
    await expect.poll(() => warned(callbacks), soon).toHaveLength(1)
    expect(await callbacks.stop()).toBe(0)
  } finally {
    await second.stop()
  }
})

it('doctor names a worker that signs with a key that another one does not have', async () => {
  const second = start(['worker'], { ...deployed.env, ...rotated })
  await second.says(/^vodflow worker/)
  try {
    await expect
      .poll(() => doctor(rotated), soon)
      .toMatch(/^BAD .*"k2" signs at a worker and is missing at \d+@/)
  } finally {
    await second.stop()
  }
})

it('doctor and the worker that starts name a second worker that calls another endpoint', async () => {
  const check = 'Tencent account'
  await expect
    .poll(() => doctor(own, check), soon)
    .toMatch(/^good .*one endpoint and one SecretId at .*every worker of account default that polls/)
  const { secretId = '', secretKey = '' } = deployed.secrets
  const staging = await startEmulator({ secretId, secretKey, media: 'instant' })
  const hosts = [deployed.vod.endpoint, staging.endpoint].map((endpoint) => new URL(endpoint).host)
  const env = { ...deployed.env, ...own, VODFLOW_VOD_ENDPOINT: staging.endpoint }
  const second = start(['worker', '--log-format', 'json'], env)
  try {
    const message = 'workers of one account call different endpoints of VOD'
    await expect.poll(() => warned(second, message), soon).toHaveLength(1)
    const { account, problem, fix } = JSON.parse(warned(second, message)[0] ?? '')
    expect({ account, fix }).toMatchObject({ account: 'default', fix: expect.stringContaining('alias') })
    expect(second.said.err).not.toContain(secretId)
    for (const host of hosts) expect(problem).toContain(`${host} at `)
    await expect.poll(() => doctor(own, check), soon).toMatch(/^BAD .*the endpoints differ: /)
  } finally {
    await second.stop()
    await staging.close()
  }
})

it('doctor and the worker that starts name a second worker that allows other actions', async () => {
  const env = { ...deployed.env, ...own }
  const second = start(['worker', '--log-format', 'json', '--allow', 'DeleteMedia'], env)
  try {
    const message = 'workers of one account allow different actions'
    await expect.poll(() => warned(second, message), soon).toHaveLength(1)
    await expect
      .poll(() => doctor(own, 'allowed actions'), soon)
      .toMatch(/^LOOK .*the allowed actions differ: one at \d+@\S+; another at \d+@/)
  } finally {
    await second.stop()
  }
})
