import { once } from 'node:events'
import { Client, Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type DevServer, startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { spawnVodflow, vodflow } from './cli.js'

const text = 1
const keyword = 2
const double = 4

let temporal: DevServer
let connection: Connection
let client: Client
beforeAll(async () => {
  temporal = await startTemporalDevServer()
  connection = await Connection.connect({ address: temporal.address })
  client = new Client({ connection })
  for (const [namespace, days] of [
    ['one-day', 1],
    ['three-days', 3],
    ['a-month', 30],
    ['full', 30],
  ] as const)
    await client.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs(`${days} days`),
    })
})
afterAll(async () => {
  await connection.close()
  await temporal.close()
})

const environment = () => ({
  TEMPORAL_ADDRESS: temporal.address,
  TEMPORAL_NAMESPACE: 'default',
  VODFLOW_MAC_KEYS: `k1:${'x'.repeat(32)}`,
  // Nothing listens there.
  VODFLOW_VOD_ENDPOINT: 'http://127.0.0.1:1',
  TENCENTCLOUD_SECRET_ID: 'local',
  TENCENTCLOUD_SECRET_KEY: 'local',
})
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  vodflow(args, { ...environment(), ...env })

/** Temporal's frontends learn of a new namespace within seconds. */
async function known(namespace: string): Promise<void> {
  const isKnown = () =>
    connection.operatorService.listSearchAttributes({ namespace }).then(
      () => true,
      () => false,
    )
  await vi.waitUntil(isKnown, { timeout: 60_000, interval: 200 })
}

describe('search attributes', () => {
  const namespace = 'a-month'
  const inIt = (args: readonly string[]) => run(args, { TEMPORAL_NAMESPACE: namespace })
  beforeAll(() => known(namespace))
  const add = (attributes: Readonly<Record<string, number>>) =>
    connection.operatorService.addSearchAttributes({ namespace, searchAttributes: attributes })
  const remove = (...searchAttributes: string[]) =>
    connection.operatorService.removeSearchAttributes({ namespace, searchAttributes })
  const registered = async () => {
    const found = await connection.operatorService.listSearchAttributes({ namespace })
    return found.customAttributes ?? {}
  }

  it.each([
    ['--overdue', [], 'overdue: needs the search attribute VodflowOverdueSince'],
    ['--file', ['528'], 'FileId: needs the search attribute VodflowFileId'],
    ['--procedure', ['one'], 'ProcedureName: needs the search attribute VodflowProcedure'],
  ])('list %s without them says what registers them', async (option, value, problem) => {
    const { code, stdout, stderr } = await inIt(['list', option, ...value])
    expect(stderr).toContain(problem)
    expect(stderr).toContain('run vodflow setup')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect((await inIt(['list'])).code).toBe(0)
  })

  it('setup says what it has changed, and what it cannot change; what it advises works', async () => {
    await add({ VodflowFileId: text, VodflowOverdueSince: keyword, VodflowSubAppId: double })
    await expect.poll(registered).toMatchObject({ VodflowFileId: text })
    const { code, stdout } = await inIt(['setup'])
    expect(stdout.split('\n')).toEqual([
      'registered VodflowProcedure, VodflowTaskId',
      expect.stringMatching(
        /^not changed: VodflowFileId is of type Text, but vodflow needs Keyword: .*; temporal operator search-attribute remove --namespace a-month --name VodflowFileId .*, then vodflow setup$/,
      ),
      expect.stringMatching(/^not changed: VodflowSubAppId is of type Double, but vodflow needs Int/),
      expect.stringMatching(
        /^not changed: VodflowOverdueSince is of type Keyword, but vodflow needs Datetime/,
      ),
      '',
    ])
    expect(code).toBe(2)
    await expect.poll(registered).toMatchObject({ VodflowProcedure: keyword, VodflowFileId: text })
    const json = JSON.parse((await inIt(['setup', '--json'])).stdout)
    expect(json).toMatchObject({
      added: [],
      otherType: [{ name: 'VodflowFileId', is: 'Text', wanted: 'Keyword' }, {}, {}],
    })
    for (const args of [['--overdue'], ['--file', '528']])
      expect((await inIt(['list', ...args])).stderr).toContain('or has with another type')
    const { stdout: examined } = await inIt(['doctor', '--json'])
    const findings = examined
      .trim()
      .split('\n')
      .flatMap((line) => JSON.parse(line))
    expect(
      findings.flatMap((each) => each.findings ?? each).find(({ check }) => check === 'search attributes'),
    ).toMatchObject({
      state: 'bad',
      what: expect.stringMatching(/VodflowFileId is of type Text.*VodflowOverdueSince is of type Keyword/),
      fix: expect.stringContaining('search-attribute remove --namespace a-month --name VodflowOverdueSince'),
    })

    await remove('VodflowFileId', 'VodflowOverdueSince', 'VodflowSubAppId')
    await expect.poll(registered).not.toHaveProperty('VodflowFileId')
    expect(await inIt(['setup'])).toMatchObject({
      code: 0,
      stdout: 'registered VodflowFileId, VodflowSubAppId, VodflowOverdueSince\n',
      stderr: '',
    })
    await expect.poll(async () => (await inIt(['list', '--overdue'])).stdout).toBe('no runs\n')
    expect(await inIt(['setup'])).toMatchObject({ code: 0, stdout: 'all search attributes exist\n' })
  })
})

it('setup says what to do where Temporal takes no more attributes of a type', async () => {
  await known('full')
  const searchAttributes = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [`Theirs${index}`, keyword]),
  )
  await connection.operatorService.addSearchAttributes({ namespace: 'full', searchAttributes })
  const taken = async () => {
    const found = await connection.operatorService.listSearchAttributes({ namespace: 'full' })
    return Object.keys(found.customAttributes ?? {}).length
  }
  await expect.poll(taken).toBe(10)
  const { code, stdout, stderr } = await run(['setup'], { TEMPORAL_NAMESPACE: 'full' })
  expect(stderr).toMatch(
    /^vodflow: The search attributes of the namespace "full" cannot be read or registered \(.*\); use a key that may/,
  )
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
})

describe('a retention', () => {
  /** What a worker logs until it polls. */
  async function worker(namespace: string): Promise<string> {
    const child = spawnVodflow(['worker'], { ...environment(), TEMPORAL_NAMESPACE: namespace })
    let [out, logged] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      logged += chunk
    })
    await expect.poll(() => out + logged).toContain('vodflow worker: namespace')
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([0, null])
    return logged
  }

  const problemOf = (days: number) =>
    `Temporal keeps ended runs for ${days} ${days === 1 ? 'day' : 'days'}, but at least 7 are needed: the same request could be billed twice`
  const fixOf = (namespace: string) =>
    `temporal operator namespace update --namespace ${namespace} --retention 30d`

  it.each([
    ['one-day', 1],
    ['three-days', 3],
  ])('of %s is shorter than VOD knows a SessionId: setup says so', async (namespace, days) => {
    await known(namespace)
    expect(await run(['setup'], { TEMPORAL_NAMESPACE: namespace })).toMatchObject({
      code: 0,
      stderr: `vodflow: namespace ${namespace}: ${problemOf(days)}; ${fixOf(namespace)}\n`,
    })
  })

  it('a worker says so at its start', async () => {
    await known('three-days')
    const logged = await worker('three-days')
    expect(logged).toContain(problemOf(3))
    expect(logged).toContain(fixOf('three-days'))
  })

  it('of a month is nothing to say', async () => {
    await known('a-month')
    expect((await run(['setup'], { TEMPORAL_NAMESPACE: 'a-month' })).stderr).toBe('')
  })
})

describe('a namespace that is not there', () => {
  const because = ['--reason', 'a test']
  const source = ['--procedure', 'one', '--search', '{}']
  it.each([
    ['worker'],
    ['callbacks', '--port', '0'],
    ['process', '528', '--procedure', 'one'],
    ['status', 'x'],
    ['watch', 'x'],
    ['list'],
    ['list', '--overdue'],
    ['report', 'x'],
    ['retry', 'x', ...because],
    ['rerun', 'x', ...because],
    ['adopt', 'x'],
    ['cancel', 'x'],
    ['detach', 'x'],
    ['approve', 'x', ...because],
    ['reject', 'x', ...because],
    ['batch', 'plan', ...source],
    ['batch', 'run', 'x', ...source],
    ['batch', 'report', 'x'],
    ['batch', 'pause', 'x'],
    ['batch', 'rerun-failed', 'x', ...because],
    ['audit'],
    ['submits', 'show'],
    ['submits', 'stop', ...because],
    ['setup'],
  ])('%s %s: exit code 1 and the remedy', async (...args) => {
    const { code, stderr } = await run(args, { TEMPORAL_NAMESPACE: 'nowhere' })
    expect(stderr).toContain(`Temporal at ${temporal.address} has no namespace "nowhere"`)
    expect(stderr).toContain('temporal operator namespace create --namespace nowhere')
    expect(code).toBe(1)
  })
})
