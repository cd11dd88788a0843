import { msToTs } from '@temporalio/common/lib/time.js'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPushHandler, startCallbackServer } from '../../src/callbacks/index.js'
import { queuesOf } from '../../src/client/pollers.js'
import type { Finding } from '../../src/doctor/index.js'
import { vodflow } from '../cli/cli.js'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system.close())

/** The real command, in the settings of the system but for what is planted. */
async function doctor(env: Record<string, string> = {}, args: readonly string[] = []) {
  const { code, stdout, stderr } = await vodflow(['doctor', '--json', ...args], {
    ...system.environment,
    ...env,
  })
  expect(stderr).toBe('')
  const findings: Finding[] = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  return { code, findings, of: (check: string) => findings.filter((one) => one.check === check) }
}

const push = (NotificationUrl: string) =>
  system.vodClient.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl })

it('finds nothing bad where all is well, and says so with exit code 0', async () => {
  const { code, findings } = await doctor({}, ['--procedure', 'one'])
  expect(findings.filter(({ state }) => state === 'bad' || state === 'skipped')).toEqual([])
  expect(findings.map(({ check }) => check)).toEqual([
    'MAC keys',
    'Temporal',
    'retention',
    'search attributes',
    'worker',
    'version',
    'submits',
    'endpoint',
    'clock',
    'credentials',
    'sub-app',
    'template',
    'events',
    'callback address',
    'callback address',
  ])
  // Everything is on this machine.
  expect(findings.filter(({ state }) => state === 'doubtful').map(({ check }) => check)).toEqual([
    'callback address',
  ])
  expect(code).toBe(0)
})

it('says it in words, with the command that fixes it', async () => {
  const { code, stdout } = await vodflow(['doctor', '--procedure', 'none'], system.environment)
  expect(stdout).toContain('good        Temporal           answers, namespace default\n')
  expect(stdout).toMatch(
    /BAD {9}template {11}this application has no task flow template "none"\n +-> vodflow templates create/,
  )
  expect(code).toBe(2)
})

describe('what is planted in the settings', () => {
  it.each<[string, Record<string, string>, readonly string[], Partial<Finding>]>([
    ['no MAC keys', { VODFLOW_MAC_KEYS: '' }, [], { check: 'MAC keys', what: 'VODFLOW_MAC_KEYS: missing' }],
    [
      'a MAC key that is too short',
      { VODFLOW_MAC_KEYS: 'k1:short-one' },
      [],
      { check: 'MAC keys', what: expect.stringContaining('at least 32') },
    ],
    [
      'a Temporal that is not there',
      { TEMPORAL_ADDRESS: '127.0.0.1:1' },
      [],
      { check: 'Temporal', what: expect.stringContaining('does not answer at 127.0.0.1:1') },
    ],
    [
      'a namespace that is not there',
      { TEMPORAL_NAMESPACE: 'nowhere' },
      [],
      { what: expect.stringContaining('nowhere') },
    ],
    [
      'an account that no worker has',
      {},
      ['--account', 'other'],
      {
        check: 'worker',
        what: expect.stringMatching(/^nobody polls .*other/),
        fix: expect.stringContaining('--account other'),
      },
    ],
    [
      'a wrong secret key',
      { TENCENTCLOUD_SECRET_KEY: 'planted-secret' },
      [],
      { check: 'credentials', what: expect.stringContaining('AuthFailure') },
    ],
    ['no secret key', { TENCENTCLOUD_SECRET_KEY: '' }, [], { check: 'credentials' }],
    [
      'an endpoint that is not there',
      { VODFLOW_VOD_ENDPOINT: 'http://127.0.0.1:1' },
      [],
      { check: 'endpoint', what: '127.0.0.1:1 cannot be reached' },
    ],
    [
      'an application of somebody else',
      {},
      ['--sub-app', '1500000077'],
      { check: 'sub-app', what: 'this account has no application 1500000077' },
    ],
    ['a template that is missing', {}, ['--procedure', 'none'], { check: 'template' }],
  ])('%s', async (_, env, args, finding) => {
    const { code, findings } = await doctor(env, args)
    const found = findings.filter(({ state }) => state === 'bad')
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ ...finding, fix: expect.stringMatching(/.{10}/) })
    expect(code).toBe(2)
    expect(JSON.stringify(findings)).not.toMatch(/short-one|planted-secret/)
  })
})

it('a namespace that forgets too soon, and knows no search attribute', async () => {
  await system.vodflow.client.workflowService.registerNamespace({
    namespace: 'short',
    workflowExecutionRetentionPeriod: msToTs('3 days'),
  })
  await expect
    .poll(async () => (await doctor({ TEMPORAL_NAMESPACE: 'short' })).of('retention'), { timeout: 60_000 })
    .toMatchObject([{ state: 'bad', fix: expect.stringContaining('--namespace short --retention 7d') }])
  const { of, code } = await doctor({ TEMPORAL_NAMESPACE: 'short' })
  expect(of('search attributes')).toMatchObject([
    { state: 'doubtful', what: expect.stringContaining('VodflowFileId'), fix: 'vodflow setup' },
  ])
  expect(code).toBe(2)
  // What fixes it fixes it.
  const setup = await vodflow(['setup', '--json'], { ...system.environment, TEMPORAL_NAMESPACE: 'short' })
  expect(JSON.parse(setup.stdout).added).toContain('VodflowFileId')
  await expect
    .poll(async () => (await doctor({ TEMPORAL_NAMESPACE: 'short' })).of('search attributes'), {
      timeout: 60_000,
    })
    .toMatchObject([{ state: 'good' }])
})

it('a worker of another version', async () => {
  const queues = queuesOf('old').filter(({ name }) => name.includes('old'))
  expect(queues.length).toBeGreaterThan(0)
  const workers = await Promise.all(
    queues.map(({ name }) =>
      Worker.create({
        connection: system.worker.connection,
        taskQueue: name,
        identity: 'vodflow/0.0.1 1@elsewhere',
        workflowsPath: new URL('../../src/workflows/index.ts', import.meta.url).pathname,
        activities: { nothing: async () => {} },
      }),
    ),
  )
  const running = workers.map((worker) => worker.run())
  try {
    await expect
      .poll(async () => (await doctor({}, ['--account', 'old'])).of('version'), { timeout: 60_000 })
      .toMatchObject([{ state: 'doubtful', what: expect.stringContaining('0.0.1') }])
  } finally {
    for (const worker of workers) worker.shutdown()
    await Promise.all(running)
  }
})

describe('what is planted at VOD', () => {
  it('a clock that is not the same', async () => {
    const { clock, switches } = system.vod
    // So that the clock is the only thing that is wrong.
    Object.assign(switches, { ignoreSkew: true })
    clock.advance(10 * 60_000)
    try {
      const { code, of } = await doctor()
      expect(of('clock')).toMatchObject([
        { state: 'bad', what: expect.stringMatching(/differs from VOD's by (599|60[01]) s/) },
      ])
      expect(code).toBe(2)
    } finally {
      clock.set(Date.now())
      Object.assign(switches, { ignoreSkew: false })
    }
  })

  it('events that are pushed nowhere', async () => {
    await push('')
    try {
      const { code, of } = await doctor()
      expect(of('events')).toMatchObject([
        { state: 'bad', fix: expect.stringContaining('vodflow events set --mode PUSH') },
      ])
      expect(code).toBe(2)
    } finally {
      await push(system.callbacksUrl)
    }
  })

  it('an address where nothing listens', async () => {
    await push('http://127.0.0.1:1/?secret=planted-secret')
    try {
      const { code, findings, of } = await doctor()
      expect(of('callback address')).toContainEqual({
        check: 'callback address',
        state: 'bad',
        what: 'cannot be reached',
        fix: expect.stringContaining('vodflow callbacks'),
      })
      expect(JSON.stringify(findings)).not.toContain('planted-secret')
      expect(code).toBe(2)
    } finally {
      await push(system.callbacksUrl)
    }
  })

  it('another SignKey than that of the callback service', async () => {
    const handler = createPushHandler({
      keys: system.macKeys,
      deliver: async () => 'delivered' as never,
      signKey: 'that-of-the-service',
    })
    const server = await startCallbackServer({ handler, port: 0 })
    await push(server.url)
    try {
      const wrong = await doctor({ VODFLOW_SIGN_KEY: 'another' })
      expect(wrong.of('SignKey')).toMatchObject([
        { state: 'bad', what: expect.stringContaining('another one') },
      ])
      expect(wrong.code).toBe(2)
      const none = await doctor()
      expect(none.of('SignKey')).toMatchObject([{ state: 'doubtful' }])
      const right = await doctor({ VODFLOW_SIGN_KEY: 'that-of-the-service' })
      expect(right.of('SignKey')).toEqual([])
      expect(right.code).toBe(0)
    } finally {
      await push(system.callbacksUrl)
      await server.close()
    }
  })

  it("a queue with events that are not vodflow's", async () => {
    await system.vodClient.call('ModifyEventConfig', { Mode: 'PULL', NotificationUrl: '' })
    try {
      expect((await doctor()).of('queue')).toMatchObject([{ state: 'good' }])
      const FileId = await system.media()
      await system.vodClient.call('ProcessMediaByProcedure', { FileId, ProcedureName: 'one' })
      await expect
        .poll(async () => (await doctor()).of('queue'), { timeout: 60_000, interval: 500 })
        .toMatchObject([{ state: 'doubtful', what: expect.stringContaining("not vodflow's") }])
    } finally {
      await push(system.callbacksUrl)
    }
  })
})
