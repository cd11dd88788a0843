import { fileURLToPath } from 'node:url'
import { Client } from '@temporalio/client'
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type DevServer, startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { connect } from '../../src/client/connect.js'
import { stuckRuns } from '../../src/client/stuckRuns.js'
import type { Vodflow } from '../../src/client/vodflow.js'
import { sweepIdOf, sweepType } from '../../src/contract/sweep.js'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import type { DoctorFinding } from '../../src/operate/doctor/index.js'
import { stopSubmits } from '../../src/temporal/submits.js'
import { vodflow as command } from '../cli/cli.js'
import { makeCurrent } from '../support/builds.js'
import { freePort } from '../support/freePort.js'
import { quietRuntime } from '../support/quietRuntime.js'
import { plainBundleOf } from '../support/workflowCode.js'
import { scrape, start, sumOf } from '../telemetry/processes.js'

const keys = { secretId: 'local', secretKey: 'local-key' }
/** Workers that have stopped are seen for 90 s, and Temporal marks a failing run after five attempts. */
const within = { timeout: 180_000, interval: 3_000 }
const soon = { timeout: 60_000, interval: 100 }

let temporal: DevServer
let vod: Emulator
let vodflow: Vodflow
let connection: NativeConnection
let environment: Record<string, string>
const running: { readonly stop: () => Promise<void> }[] = []

const bundles = new Map<string, ReturnType<typeof plainBundleOf>>()

/** Many workers start at once: each bundle is made once. */
function bundle(name: string): ReturnType<typeof plainBundleOf> {
  const path = fileURLToPath(new URL(`../support/${name}.ts`, import.meta.url))
  const made = bundles.get(name) ?? plainBundleOf(path)
  bundles.set(name, made)
  return made
}

/** A worker of a task queue, of a build of its own deployment where one is given. @returns a function that stops it. */
async function work(taskQueue: string, buildId?: string, code = 'nightShift'): Promise<() => Promise<void>> {
  const version = buildId === undefined ? undefined : { deploymentName: taskQueue, buildId }
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: await bundle(code),
    ...(version
      ? {
          workerDeploymentOptions: {
            version,
            useWorkerVersioning: true,
            defaultVersioningBehavior: 'PINNED',
          },
        }
      : {}),
  })
  const ran = worker.run()
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= (async () => {
      worker.shutdown()
      await ran
    })()
    return stopped
  }
  running.push({ stop })
  return stop
}

const current = (deploymentName: string, buildId: string) =>
  makeCurrent(vodflow.client, { deploymentName, buildId })

/** As soon as Temporal knows the task queue of the build. */
const ramp = (deploymentName: string, buildId: string, percentage: number) =>
  vi.waitFor(
    () =>
      vodflow.client.workflowService.setWorkerDeploymentRampingVersion({
        namespace: 'default',
        deploymentName,
        buildId,
        percentage,
        identity: 'an operator',
      }),
    soon,
  )

/** The workflow id is the task queue. */
async function begin(taskQueue: string, type = 'changes', more: object = {}): Promise<void> {
  await vodflow.client.workflow.start(type, { workflowId: taskQueue, taskQueue, ...more })
}

const describeRun = (workflowId: string) => vodflow.client.workflow.getHandle(workflowId).describe()

/** Until its first workflow task is done. */
const begun = (workflowId: string) =>
  vi.waitUntil(async () => {
    const { raw, historyLength } = await describeRun(workflowId)
    return historyLength > 3 && !raw.pendingWorkflowTask
  }, soon)

/** A client whose key may not make this call. */
function refusing({ connection: open, options }: Client, call: 'listWorkerDeployments'): Client {
  const refused = Object.assign(new Error('7 PERMISSION_DENIED: not allowed'), {
    code: 7,
    details: 'not allowed',
    metadata: {},
  })
  const workflowService = new Proxy(open.workflowService, {
    get: (service, name, receiver) =>
      name === call ? () => Promise.reject(refused) : Reflect.get(service, name, receiver),
  })
  const connection = new Proxy(open, {
    get: (target, name, receiver) =>
      name === 'workflowService' ? workflowService : Reflect.get(target, name, receiver),
  })
  return new Client({ connection, namespace: options.namespace })
}

interface Situation {
  readonly name: string
  readonly reason: string
  readonly says: RegExp
  readonly remedy: RegExp
  plant(id: string): Promise<void>
}

const situations: readonly Situation[] = [
  {
    name: 'a workflow that was changed without care',
    reason: 'workflowTaskFails',
    says: /fails each time it is retried: .*[Nn]ondeterminism/,
    remedy: /Fix the workflow code/,
    async plant(id) {
      const stop = await work(id)
      await begin(id)
      await begun(id)
      await stop()
      await work(id, undefined, 'unanswerableChanged')
      await vodflow.client.workflow.getHandle(id).signal('wake')
    },
  },
  {
    name: 'a workflow type that its worker does not have',
    reason: 'workflowTaskFails',
    says: /fails each time it is retried: .*forgotten/,
    remedy: /Fix the workflow code/,
    async plant(id) {
      await work(id)
      await begin(id, 'forgotten')
    },
  },
  {
    name: 'a build that was stopped while a run waited on it',
    reason: 'noWorkerOfBuild',
    says: /No worker of its build "pinned:1"/,
    remedy: /auto_upgrade/,
    async plant(id) {
      const stop = await work(id, '1')
      await current(id, '1')
      await begin(id)
      await begun(id)
      await work(id, '2')
      await current(id, '2')
      await stop()
    },
  },
  {
    name: 'a versioned worker, and no current build',
    reason: 'noCurrentVersion',
    says: /no build is the current one/,
    remedy: /set-current-version --deployment-name none-current --build-id 1/,
    async plant(id) {
      await work(id, '1')
      await begin(id)
    },
  },
  {
    name: 'a rollback to workers without versioning',
    reason: 'noWorkerOfBuild',
    says: /No worker of the current build "rolled-back:1"/,
    remedy: /set-current-version --deployment-name rolled-back --unversioned/,
    async plant(id) {
      const stop = await work(id, '1')
      await current(id, '1')
      await stop()
      await work(id)
      await begin(id)
    },
  },
  {
    name: 'a current build that does not poll, next to one that does',
    reason: 'noWorkerOfBuild',
    says: /No worker of the current build "other-polls:1"/,
    remedy: /set-current-version --deployment-name other-polls --build-id 2/,
    async plant(id) {
      const stop = await work(id, '1')
      await current(id, '1')
      await stop()
      await work(id, '2')
      await begin(id)
    },
  },
  {
    name: 'a ramping build that does not poll',
    reason: 'noWorkerOfBuild',
    says: /No worker of the ramping build "ramping:2"/,
    remedy: /set-ramping-version --deployment-name ramping --build-id 2 --delete/,
    async plant(id) {
      await work(id, '1')
      await current(id, '1')
      const stop = await work(id, '2')
      await ramp(id, '2', 100)
      await stop()
      await begin(id)
    },
  },
  {
    name: 'no worker at all',
    reason: 'noWorker',
    says: /No worker polls "nobody"/,
    remedy: /Start the worker/,
    plant: (id) => begin(id),
  },
  {
    name: 'a run whose task VOD no longer returns',
    reason: 'overdue',
    says: /VOD no longer returns the tasks/,
    remedy: /list --overdue/,
    async plant(id) {
      await work(id)
      const overdue = defineSearchAttributeKey('VodflowOverdueSince', SearchAttributeType.DATETIME)
      await begin(id, 'changes', { typedSearchAttributes: [{ key: overdue, value: new Date() }] })
    },
  },
  {
    name: 'an activity that someone has paused',
    reason: 'paused',
    says: /paused/,
    remedy: /activity unpause/,
    async plant(id) {
      await work(id)
      await begin(id, 'elsewhere')
      await vi.waitUntil(async () => (await describeRun(id)).raw.pendingActivities?.length === 1, soon)
      await vodflow.client.workflowService.pauseActivity({
        namespace: 'default',
        execution: { workflowId: id },
        type: 'work',
        identity: 'an operator',
        reason: 'wrong template',
      })
    },
  },
]
const ids = [
  'changed',
  'unknown-type',
  'pinned',
  'none-current',
  'rolled-back',
  'other-polls',
  'ramping',
  'nobody',
  'overdue',
  'paused',
]

/** Of situations that belong to no group of runs. */
const unserved = 'unserved'
/** Of an account that has no worker any more. */
const sweepOfGone = sweepIdOf({ account: 'gone' })

let findings: DoctorFinding[]

beforeAll(async () => {
  quietRuntime()
  temporal = await startTemporalDevServer()
  vod = await startEmulator({ ...keys, media: 'instant' })
  vodflow = await connect({ address: temporal.address })
  connection = await NativeConnection.connect({ address: temporal.address })
  environment = {
    TEMPORAL_ADDRESS: temporal.address,
    TENCENTCLOUD_SECRET_ID: keys.secretId,
    TENCENTCLOUD_SECRET_KEY: keys.secretKey,
    VODFLOW_VOD_ENDPOINT: vod.endpoint,
    VODFLOW_MAC_KEYS: `k1:${'x'.repeat(32)}`,
  }
  await Promise.all([
    ...situations.map(({ plant }, index) => plant(ids[index] ?? '')),
    (async () => {
      await work(unserved)
      await begin(unserved, 'elsewhere')
      await begun(unserved)
    })(),
    vodflow.client.workflow.start(sweepType, {
      workflowId: sweepOfGone,
      taskQueue: unserved,
      args: [{ account: 'gone' }],
      startDelay: '1 day',
    }),
    stopSubmits(vodflow.client, 'default', { by: 'an operator', reason: 'wrong template' }),
  ])
  await vi.waitUntil(async () => {
    const { groups } = await stuckRuns(vodflow.client)
    return [...ids, sweepOfGone].every((id) => groups.some(({ workflowId }) => workflowId === id))
  }, within)
  findings = await doctor()
}, 240_000)
afterAll(async () => {
  await Promise.all(running.map(({ stop }) => stop()))
  await connection?.close()
  await vodflow?.close()
  await vod?.close()
  await temporal?.close()
})

async function doctor(env: Record<string, string> = {}): Promise<DoctorFinding[]> {
  const { stdout } = await command(['doctor', '--json'], { ...environment, ...env })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe.each(situations.map((situation, index) => [situation.name, ids[index] ?? '', situation] as const))(
  '%s',
  (_, id, { reason, says, remedy }) => {
    it('is explained by doctor', () => {
      const one = `${id} cannot continue: `
      expect(findings.find(({ check, what }) => check === 'runs' && what.startsWith(one))).toMatchObject({
        state: 'bad',
        what: expect.stringMatching(says),
        fix: expect.stringMatching(remedy),
      })
    })

    it('is explained by status', async () => {
      const { code, stdout } = await command(['status', id, '--json'], environment)
      const [run] = JSON.parse(stdout).runs
      expect(run).toMatchObject({
        problem: expect.stringMatching(says),
        stuck: { reason, remedy: expect.stringMatching(remedy) },
      })
      expect(code).toBe(2)
    })
  },
)

it('an activity that no worker takes is explained by status', async () => {
  const { code, stdout } = await command(['status', unserved], environment)
  expect(stdout).toMatch(/No worker polls "unserved-activities"/)
  expect(code).toBe(2)
})

it('an account that is in use and has no worker is explained by doctor', () => {
  expect(findings).toContainEqual(
    expect.objectContaining({
      check: 'runs',
      state: 'bad',
      what: expect.stringMatching(/No worker polls .*"vodflow\.gone\.submit"/),
      fix: expect.stringMatching(/vodflow worker/),
    }),
  )
})

it('a key that may not read builds hides no other group', async () => {
  const client = refusing(vodflow.client, 'listWorkerDeployments')
  const { groups, notAsked } = await stuckRuns(client)
  const known = new Set(groups.map(({ reason }) => reason))
  expect([...known]).toEqual(expect.arrayContaining(['workflowTaskFails', 'noWorker', 'overdue', 'paused']))
  expect(notAsked).toEqual([
    { reasons: expect.arrayContaining(['noWorkerOfBuild']), why: 'not allowed', partly: true },
  ])
})

it('submits that someone has stopped, and VOD calls that no worker makes, are explained by doctor', () => {
  expect(findings).toContainEqual(
    expect.objectContaining({
      check: 'submits',
      what: expect.stringContaining('by an operator: wrong template'),
    }),
  )
  expect(findings).toContainEqual(
    expect.objectContaining({
      check: 'worker',
      state: 'bad',
      what: expect.stringMatching(/^no worker polls .*vodflow/),
    }),
  )
})

it('Temporal that is away is explained by doctor', async () => {
  expect(await doctor({ TEMPORAL_ADDRESS: '127.0.0.1:1' })).toContainEqual(
    expect.objectContaining({
      check: 'Temporal',
      state: 'bad',
      what: expect.stringContaining('does not answer'),
    }),
  )
})

it('audit finds every group of stuck runs', async () => {
  const { code, stdout } = await command(['audit', '--json'], environment)
  const { findings: all } = JSON.parse(stdout)
  const groups = all.filter(({ kind }: { kind: string }) => kind === 'stuck')
  expect(groups.length).toBe(
    findings.filter(({ check, state }) => check === 'runs' && state === 'bad').length,
  )
  expect(new Set(groups.map(({ reason }: { reason: string }) => reason))).toEqual(
    new Set(situations.map(({ reason }) => reason)),
  )
  expect(code).toBe(2)
})

it('builds names the one that still has runs, and the one without workers', async () => {
  const { code, stdout } = await command(['builds', '--json'], environment)
  const builds = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(builds).toContainEqual(
    expect.objectContaining({
      deploymentName: 'pinned',
      buildId: '1',
      state: 'old',
      works: false,
      runs: 1,
      bad: true,
    }),
  )
  expect(builds).toContainEqual(
    expect.objectContaining({
      deploymentName: 'pinned',
      buildId: '2',
      state: 'current',
      works: true,
      bad: false,
    }),
  )
  expect(code).toBe(2)
})

it.each([
  ['none-current', '1', /no build is the current one.*--deployment-name none-current --build-id 1/],
  ['other-polls', '2', /No worker of the current build.*--deployment-name other-polls --build-id 2/],
])(
  'builds advises nobody to stop the only workers that could take a run: %s',
  async (name, buildId, says) => {
    const { stdout } = await command(['builds', '--json'], environment)
    const builds = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(builds).toContainEqual(
      expect.objectContaining({
        deploymentName: name,
        buildId,
        state: 'old',
        advice: expect.stringMatching(says),
        bad: true,
      }),
    )
  },
)

it('cancel of a run that no worker takes ends, and says what it waits for', async () => {
  const canceled = ['pinned', 'nobody', 'none-current'].map((id) => command(['cancel', id], environment))
  for (const { code, stderr } of await Promise.all(canceled)) {
    expect(stderr).toMatch(/The cancellation of ".*" is recorded, but still waits: .*[Nn]o (worker|build)/)
    expect(code).toBe(1)
  }
})

it('verify-upgrade names the runs that new code would break, before it is deployed', async () => {
  const verify = async (...code: readonly string[]) => {
    const flags = [...code, '--task-queue', 'overdue', '--json']
    const { code: exit, stdout } = await command(['verify-upgrade', ...flags], environment)
    return { exit, ...JSON.parse(stdout) }
  }
  const fits = fileURLToPath(new URL('../support/nightShift.ts', import.meta.url))
  expect(await verify('--workflows', fits)).toMatchObject({ exit: 0, replayed: 1, broken: [] })
  const { codePath } = await bundle('unanswerableChanged')
  expect(await verify('--bundle', codePath)).toMatchObject({
    exit: 2,
    replayed: 1,
    broken: [{ workflowId: 'overdue', problem: expect.stringMatching(/[Nn]ondeterminism/) }],
  })
})

it('a worker counts them for Prometheus', async () => {
  const port = await freePort()
  const worker = start(['worker', '--account', 'other', '--metrics', `127.0.0.1:${port}`], environment)
  try {
    await worker.says(/^vodflow worker/)
    // Overdue runs have a metric of their own.
    const reasons = situations.map(({ reason }) => reason).filter((reason) => reason !== 'overdue')
    const stuck = async () => {
      const { samples } = await scrape(port)
      const counted = reasons.map((reason) => [reason, sumOf(samples, 'vodflow_stuck_runs', { reason })])
      return Object.fromEntries(counted)
    }
    const times = (reason: string) => situations.filter((situation) => situation.reason === reason).length
    const expected = Object.fromEntries(reasons.map((reason) => [reason, times(reason)]))
    const ofAccounts = { noWorker: times('noWorker') + 1 }
    await expect.poll(stuck).toEqual({ ...expected, ...ofAccounts })
    const { samples } = await scrape(port)
    for (const { reason } of situations)
      expect(sumOf(samples, 'vodflow_counts_total', { of: reason })).toBeGreaterThan(0)
    expect(sumOf(samples, 'vodflow_stuck_runs', { reason: 'noWorker', ours: 'true' })).toBe(1)
  } finally {
    await worker.stop()
  }
})
