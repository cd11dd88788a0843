import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { msToTs } from '@temporalio/common/lib/time.js'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPushHandler, startCallbackServer } from '../../../src/callbacks/index.js'
import { polledBy, queuesOf } from '../../../src/client/pollers.js'
import { sealSessionContext } from '../../../src/contract/seal/token.js'
import type { DoctorFinding } from '../../../src/operate/doctor/index.js'
import { checkSweeps } from '../../../src/operate/doctor/sweeps.js'
import { lastPollOf } from '../../../src/operate/doctor/temporal.js'
import { taskQueueType } from '../../../src/temporal/enums.js'
import { vodflow } from '../../cli/cli.js'
import { type System, startSystem } from '../../support/system.js'
import { ownWorkflows } from '../../support/workflowCode.js'

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
  const findings: DoctorFinding[] = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  return { code, findings, of: (check: string) => findings.filter((one) => one.check === check) }
}

const push = (NotificationUrl: string) =>
  system.vodClient.call('ModifyEventConfig', { Mode: 'PUSH', NotificationUrl })

const address = {
  namespace: 'default',
  account: 'default',
  SubAppId: 1500000001,
  workflowId: 'vodflow-528',
  chain: '01900000-0000-7000-8000-000000000000',
  SessionId: 'a'.repeat(40),
}

/** Confirms each event, also one that VOD hides because it was read. */
async function emptyQueue(): Promise<void> {
  system.vod.clock.advance(31_000)
  const { EventSet } = await system.vodClient.call('PullEvents', {})
  const EventHandles = EventSet.map((event) => String(Object(event).EventHandle))
  await system.vodClient.call('ConfirmEvents', { EventHandles })
  system.vod.clock.set(Date.now())
}

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
    'worker MAC keys',
    'Tencent account',
    'payload keys',
    'runs',
    'submits',
    'rate limit',
    'endpoint',
    'clock',
    'credentials',
    'sub-app',
    'template',
    'events',
    'public address',
    'callback address',
  ])
  // Everything is on this machine.
  expect(findings.filter(({ state }) => state === 'doubtful').map(({ check }) => check)).toEqual([
    'payload keys',
    'public address',
  ])
  expect(findings.find(({ check }) => check === 'payload keys')).toMatchObject({
    what: expect.stringContaining('cannot be compared with those of the workers, because no sweep runs'),
    fix: expect.stringContaining('process a media file'),
  })
  expect(code).toBe(0)
})

it('payload keys that cannot be compared, because the worker of the sweep is away', async () => {
  const workflowId = 'vodflow/sweep/elsewhere/default'
  const sweep = await system.vodflow.client.workflow.start('sweep', { workflowId, taskQueue: 'away' })
  const keysOf = async () => (await doctor()).of('payload keys')
  const what = expect.stringContaining(`because no worker has answered for the sweep "${workflowId}"`)
  const fix = expect.stringMatching(/^vodflow worker --account default, if none runs/)
  await expect.poll(keysOf).toMatchObject([{ state: 'doubtful', what, fix }])
  await sweep.terminate()
})

it('a run that waits without a sweep, for longer than a worker takes to start one', async () => {
  const { client } = system.vodflow
  const findings = async (later: number) => {
    const found: DoctorFinding[] = []
    for await (const each of checkSweeps(client, Date.now() + later)) found.push(each)
    return found
  }
  system.vod.faults.add({ kind: 'dropCallback' })
  const { workflowId } = await system.vodflow.process({ FileId: await system.media(), ProcedureName: 'one' })
  const what = `"vodflow/sweep/default/default" does not run, and a run waits for tasks of its application, for example ${workflowId}`
  await expect
    .poll(() => findings(3_600_000))
    .toMatchObject([{ state: 'doubtful', what: expect.stringContaining(what) }])
  expect(await findings(0)).toEqual([])
  const sweep = await client.workflow.start('sweep', {
    workflowId: 'vodflow/sweep/default/default',
    taskQueue: 'vodflow',
    args: [{ account: 'default', times: { interval: 3_600_000 } }],
  })
  await expect.poll(() => findings(3_600_000)).toEqual([])
  await sweep.terminate()
  system.vod.faults.clear()
  await client.workflow.getHandle(workflowId).terminate()
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
  it.each<[string, Record<string, string>, readonly string[], readonly Partial<DoctorFinding>[]]>([
    [
      'no MAC keys, and no secret key',
      { VODFLOW_MAC_KEYS: '', TENCENTCLOUD_SECRET_KEY: '' },
      [],
      [{ check: 'MAC keys', what: 'VODFLOW_MAC_KEYS: is missing' }, { check: 'credentials' }],
    ],
    [
      'a MAC key that is too short, a Temporal that is not there, and a wrong secret key',
      {
        VODFLOW_MAC_KEYS: 'k1:short-one',
        TEMPORAL_ADDRESS: '127.0.0.1:1',
        TENCENTCLOUD_SECRET_KEY: 'planted-secret',
      },
      [],
      [
        { check: 'MAC keys', what: expect.stringContaining('at least 32') },
        { check: 'Temporal', what: expect.stringContaining('does not answer at 127.0.0.1:1') },
        { check: 'credentials', what: expect.stringContaining('AuthFailure') },
      ],
    ],
    [
      'a namespace and an endpoint that are not there',
      { TEMPORAL_NAMESPACE: 'nowhere', VODFLOW_VOD_ENDPOINT: 'http://127.0.0.1:1' },
      [],
      [
        { what: expect.stringContaining('nowhere') },
        { check: 'endpoint', what: '127.0.0.1:1 cannot be reached (ECONNREFUSED)' },
      ],
    ],
    [
      'an account that no worker has, and an application of somebody else',
      {},
      ['--account', 'other', '--sub-app', '1500000077'],
      [
        {
          check: 'worker',
          what: expect.stringMatching(/^no worker polls .*other/),
          fix: expect.stringContaining('--account other'),
        },
        { check: 'sub-app', what: 'this account has no application 1500000077' },
      ],
    ],
    ['a template that is missing', {}, ['--procedure', 'none'], [{ check: 'template' }]],
  ])('%s', async (_, env, args, planted) => {
    const { code, findings } = await doctor(env, args)
    const fix = expect.stringMatching(/.{10}/)
    expect(findings.filter(({ state }) => state === 'bad')).toEqual(
      planted.map((finding) => expect.objectContaining({ fix, ...finding })),
    )
    expect(code).toBe(2)
    expect(JSON.stringify(findings)).not.toMatch(/short-one|planted-secret/)
  })
})

it('a namespace that forgets too soon, and knows no search attribute', async () => {
  await system.vodflow.client.workflowService.registerNamespace({
    namespace: 'short',
    workflowExecutionRetentionPeriod: msToTs('3 days'),
  })
  const { operatorService } = system.vodflow.client.connection
  const registered = () =>
    operatorService.listSearchAttributes({ namespace: 'short' }).then(
      ({ customAttributes }) => Object.keys(customAttributes ?? {}),
      () => undefined,
    )
  await expect.poll(registered).not.toBeUndefined()
  const { of, code } = await doctor({ TEMPORAL_NAMESPACE: 'short' })
  expect(of('retention')).toMatchObject([
    { state: 'bad', fix: expect.stringContaining('--namespace short --retention 30d') },
  ])
  expect(of('search attributes')).toMatchObject([
    { state: 'doubtful', what: expect.stringContaining('VodflowFileId'), fix: 'vodflow setup' },
  ])
  expect(code).toBe(2)
  // What fixes it fixes it.
  const setup = await vodflow(['setup', '--json'], { ...system.environment, TEMPORAL_NAMESPACE: 'short' })
  expect(JSON.parse(setup.stdout).added).toContain('VodflowFileId')
  await expect.poll(registered).toContain('VodflowFileId')
  expect((await doctor({ TEMPORAL_NAMESPACE: 'short' })).of('search attributes')).toMatchObject([
    { state: 'good' },
  ])
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
        ...ownWorkflows,
        activities: { nothing: async () => {} },
      }),
    ),
  )
  const running = workers.map((worker) => worker.run())
  try {
    const { client } = system.vodflow
    const polled = () => Promise.all(queuesOf('old').map((queue) => polledBy(client, queue)))
    await expect.poll(polled).not.toContainEqual({ pollers: [] })
    expect((await doctor({}, ['--account', 'old'])).of('version')).toMatchObject([
      { state: 'doubtful', what: expect.stringContaining('0.0.1') },
    ])
  } finally {
    for (const worker of workers) worker.shutdown()
    await Promise.all(running)
  }
  // Temporal still lists their pollers.
  const stopped = await doctor({}, ['--account', 'old'])
  expect(stopped.of('worker')).toMatchObject([
    {
      state: 'bad',
      what: expect.stringMatching(/^no worker polls vodflow\.old\..*; the last one stopped at 20/),
    },
  ])
  expect(stopped.code).toBe(2)
})

it.each([
  [61_000, { state: 'good', what: 'polls every queue of account default' }],
  [75_000, { state: 'doubtful', what: expect.stringContaining('the last poll of b was 75 s ago') }],
  [undefined, { state: 'good' }],
])('a worker that polled last before %s ms', (now, finding) => {
  const polledAt = (...times: readonly number[]) => ({
    polled: { pollers: times.map((at) => ({ identity: 'i', polledAt: at })) },
  })
  const queues = [
    { name: 'a', ...polledAt(0, 74_000) },
    { name: 'b', ...polledAt(0) },
  ]
  expect(lastPollOf(queues, 'default', now)).toMatchObject(finding)
})

describe('what is planted at VOD', () => {
  it('a rate limit, which status shows too', async () => {
    const code = 'RequestLimitExceeded'
    system.vod.faults.add({ kind: 'error', action: 'ProcessMediaByProcedure', code })
    const { workflowId } = await system.vodflow.process({ FileId: '528', ProcedureName: 'one' })
    try {
      const limit = async () => (await doctor()).of('rate limit')
      await expect
        .poll(limit)
        .toMatchObject([
          { state: 'doubtful', what: expect.stringContaining('throttles ProcessMediaByProcedure of 1 of') },
        ])
      const { code: exit, stdout } = await vodflow(['status', workflowId], system.environment)
      expect(stdout).toMatch(
        /VOD throttles ProcessMediaByProcedure \(RequestLimitExceeded\), attempt \d+; it is /,
      )
      expect(stdout).toContain('nothing is lost')
      expect(exit).toBe(0)
    } finally {
      system.vod.faults.clear()
      await system.vodflow.client.workflow.getHandle(workflowId).terminate()
    }
  })

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
      const wrong = await doctor({ VODFLOW_SIGN_KEY: 'someotherkey7' })
      expect(wrong.of('SignKey')).toMatchObject([
        { state: 'bad', what: expect.stringContaining('another SignKey') },
      ])
      expect(wrong.code).toBe(2)
      const none = await doctor()
      expect(none.of('SignKey')).toMatchObject([{ state: 'doubtful' }])
      const right = await doctor({ VODFLOW_SIGN_KEY: 'that-of-the-service' })
      expect(right.of('SignKey')).toMatchObject([{ state: 'good' }])
      expect(right.of('callback address')).toMatchObject([{ state: 'good' }])
      expect(right.code).toBe(0)
    } finally {
      await push(system.callbacksUrl)
      await server.close()
    }
  })

  it('a callback service without the SignKey, which takes forged uploads', async () => {
    const { code, of } = await doctor({ VODFLOW_SIGN_KEY: 'that-of-vod' })
    expect(of('SignKey')).toMatchObject([
      {
        state: 'bad',
        what: expect.stringContaining('takes events without a Sign'),
        fix: expect.stringContaining('at vodflow callbacks'),
      },
    ])
    expect(code).toBe(2)
    const none = await doctor()
    expect(none.of('SignKey')).toEqual([])
    expect(none.of('callback address')).toMatchObject([
      { state: 'good', what: expect.stringContaining('takes events without a Sign') },
    ])
  })

  it('a queue with events of vodflow, which nobody pulls', async () => {
    await system.vodClient.call('ModifyEventConfig', { Mode: 'PULL', NotificationUrl: '' })
    try {
      const FileId = await system.media()
      const SessionContext = sealSessionContext(address, system.macKeys)
      await system.vodClient.call('ProcessMediaByProcedure', { FileId, ProcedureName: 'one', SessionContext })
      await expect.poll(() => system.tasksOf(FileId).map(({ Status }) => Status)).toEqual(['FINISH'])
      await expect
        .poll(async () => (await doctor()).of('queue'), { interval: 500 })
        .toMatchObject([
          { state: 'doubtful', what: '1 event of vodflow waits', fix: expect.stringContaining('--pull') },
        ])
      // VOD hides what the last doctor has read.
      const again = await doctor()
      expect(again.of('queue')).toMatchObject([{ state: 'good', what: expect.stringContaining('hides') }])
    } finally {
      await emptyQueue()
      await push(system.callbacksUrl)
    }
  })

  it("a queue with events that are not vodflow's", async () => {
    await system.vodClient.call('ModifyEventConfig', { Mode: 'PULL', NotificationUrl: '' })
    try {
      expect((await doctor()).of('queue')).toMatchObject([{ state: 'good' }])
      const FileId = await system.media()
      await system.vodClient.call('ProcessMediaByProcedure', { FileId, ProcedureName: 'one' })
      await expect.poll(() => system.tasksOf(FileId).map(({ Status }) => Status)).toEqual(['FINISH'])
      await expect
        .poll(async () => (await doctor()).of('queue'), { interval: 500 })
        .toMatchObject([{ state: 'doubtful', what: expect.stringContaining("not vodflow's") }])
    } finally {
      await push(system.callbacksUrl)
    }
  })
})

describe('through a proxy', () => {
  const asked: string[] = []
  const proxy = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url} ${incoming.headers['proxy-authorization']}`)
    const { hostname, port } = new URL(system.vod.endpoint)
    const onward = request({ hostname, port, method: incoming.method, headers: incoming.headers })
    incoming.pipe(onward.on('response', (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 0))))
  })
  const through = async (name: string) => {
    asked.length = 0
    const { port } = proxy.address() as AddressInfo
    return doctor({
      VODFLOW_VOD_ENDPOINT: 'http://vod.example:8080',
      [name]: `http://user:planted-secret@127.0.0.1:${port}`,
    })
  }
  beforeAll(() => new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve)))
  afterAll(() => {
    proxy.closeAllConnections()
    proxy.close()
  })

  it.each(['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'])('that %s names', async (name) => {
    const { code, findings, of } = await through(name)
    expect(of('endpoint')).toMatchObject([{ state: 'good' }])
    expect(of('credentials')).toMatchObject([{ state: 'good' }])
    // The worker calls the same VOD under another name.
    const bad = findings.filter(({ state }) => state === 'bad')
    expect(bad).toMatchObject([
      { check: 'Tencent account', what: expect.stringContaining('vod.example:8080') },
    ])
    expect(code).toBe(2)
    const authorization = `Basic ${Buffer.from('user:planted-secret').toString('base64')}`
    expect(asked).toContain(`HEAD http://vod.example:8080/ ${authorization}`)
    expect(asked).toContain(`POST http://vod.example:8080/ ${authorization}`)
    expect(JSON.stringify(findings)).not.toContain('planted-secret')
  })

  it('but not where it is for https only', async () => {
    const { of } = await through('HTTPS_PROXY')
    expect(of('endpoint')).toMatchObject([{ state: 'bad' }])
    expect(asked).toEqual([])
  })
})

// The last one, because Temporal lists a worker for a while after it has stopped.
it("a worker of another program on vodflow's task queue", async () => {
  // In one process, Temporal takes a queue once for each connection.
  const connection = await NativeConnection.connect({ address: system.temporal.address })
  const identity = '7@films\u001b[31m'
  const worker = await Worker.create({ connection, taskQueue: 'vodflow', identity, ...ownWorkflows })
  await worker.runUntil(async () => {
    const { client } = system.vodflow
    const polled = () => polledBy(client, { name: 'vodflow', kind: taskQueueType.workflow })
    await expect
      .poll(polled)
      .toMatchObject({ pollers: expect.arrayContaining([expect.objectContaining({ identity })]) })
    const { code, of } = await doctor()
    expect(of('worker')).toContainEqual({
      check: 'worker',
      state: 'bad',
      what: expect.stringMatching(
        /^"7@films.*" polls "vodflow" and is not vodflow's: it fails the tasks that it takes/,
      ),
      fix: 'give that worker another task queue: "vodflow" and names that begin with "vodflow." are reserved',
    })
    expect(code).toBe(2)
  })
  await connection.close()
})
