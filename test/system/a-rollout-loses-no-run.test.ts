import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type DevServer, startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { findTemporal } from '../../src/cli/dev/temporalBinary.js'
import { connect } from '../../src/client/connect.js'
import type { RunHandle } from '../../src/client/run.js'
import type { Vodflow } from '../../src/client/vodflow.js'
import { type Emulator, startEmulator } from '../../src/emulator/index.js'
import { createVodClient } from '../../src/vod/client.js'
import { vodflow as command } from '../cli/cli.js'
import { transcodeOnly } from '../support/system.js'
import { type Started, start } from '../telemetry/processes.js'

const keys = { secretId: 'local', secretKey: 'local-key' }
const soon = { timeout: 60_000, interval: 100 }

let temporal: DevServer
let vod: Emulator
let vodflow: Vodflow
const processes: Started[] = []

beforeAll(async () => {
  temporal = await startTemporalDevServer()
  vod = await startEmulator({ ...keys, media: 'instant', taskTime: 20 })
  vodflow = await connect({ address: temporal.address })
  const client = createVodClient({ endpoint: vod.endpoint, credentials: keys })
  await client.call('CreateProcedureTemplate', transcodeOnly)
  // An event waits until somebody pulls it: so a run waits for as long as the test wants.
  await client.call('ModifyEventConfig', { Mode: 'PULL' })
})
afterAll(async () => {
  await Promise.all(processes.map((each) => each.stop()))
  await vodflow?.close()
  await vod?.close()
  await temporal?.close()
})

const environment = () => ({
  TEMPORAL_ADDRESS: temporal.address,
  TENCENTCLOUD_SECRET_ID: keys.secretId,
  TENCENTCLOUD_SECRET_KEY: keys.secretKey,
  VODFLOW_VOD_ENDPOINT: vod.endpoint,
  VODFLOW_MAC_KEYS: `k1:${'x'.repeat(32)}`,
})

/** What `vodflow builds` shows, by build. */
async function listedBuilds(): Promise<{ readonly buildId: string }[]> {
  const { stdout } = await command(['builds', '--json'], environment())
  const builds = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  return builds.sort((one, other) => one.buildId.localeCompare(other.buildId))
}

async function run(args: readonly string[], says: RegExp): Promise<Started> {
  const started = start(args, environment())
  processes.push(started)
  await started.says(says)
  return started
}

/** A command of docs/upgrade.md. */
async function temporalCommand(...args: readonly string[]): Promise<void> {
  const path = await findTemporal({ tool: 'temporal' })
  await promisify(execFile)(path, [...args, '--address', temporal.address])
}

/** A worker of a build, which is the current one as soon as Temporal knows all of its queues. */
async function rollOut(build: string): Promise<Started> {
  const version = ['--deployment', 'vodflow', '--build-id', build]
  const worker = await run(['worker', ...version], new RegExp(`deployment vodflow build ${build}`))
  const setCurrent = ['worker', 'deployment', 'set-current-version', '--yes', '--deployment-name', 'vodflow']
  await vi.waitFor(() => temporalCommand(...setCurrent, '--build-id', build), soon)
  return worker
}

/** A run whose task is over in VOD, and that does not know it yet. */
async function waitingRun(name: string): Promise<RunHandle> {
  const path = join(tmpdir(), `vodflow-rollout-${process.pid}.mp4`)
  await writeFile(path, '')
  const { FileId } = await vod.upload(path, { name })
  const begun = await vodflow.process({ FileId, ProcedureName: 'one' })
  await vi.waitUntil(
    () => vod.books().tasks.some((task) => task.FileId === FileId && task.Status === 'FINISH'),
    soon,
  )
  return begun
}

/** The builds that have run it, in their order. */
async function buildsOf({ workflowId }: RunHandle): Promise<string[]> {
  const { events } = await vodflow.client.workflow.getHandle(workflowId).fetchHistory()
  const builds = (events ?? []).flatMap(({ workflowTaskCompletedEventAttributes: completed }) =>
    completed ? [completed.deploymentVersion?.buildId ?? 'none'] : [],
  )
  return builds.filter((build, index) => build !== builds[index - 1])
}

it('a waiting run ends on the build that began it; whose build has gone, on the current one when it is moved there', async () => {
  const first = await rollOut('1')
  const left = await waitingRun('left')
  await rollOut('2')
  const stays = await waitingRun('stays')
  await rollOut('3')
  const fresh = await waitingRun('fresh')

  // Named before they are stopped; and what they hold is not replayed on another build.
  const builds = [
    { buildId: '1', state: 'old', works: true, runs: 1, advice: expect.stringMatching(/do not stop/) },
    { buildId: '2', state: 'old', works: true, runs: 1, advice: expect.stringMatching(/do not stop/) },
    { buildId: '3', state: 'current', works: true, runs: 1, advice: 'takes new runs' },
  ]
  await expect.poll(listedBuilds).toMatchObject(builds)
  expect(JSON.parse((await command(['verify-upgrade', '--json'], environment())).stdout)).toMatchObject({
    pinned: 3,
    broken: [],
  })

  expect(await first.stop()).toBe(0)
  const move = ['workflow', 'update-options', '--versioning-override-behavior', 'auto_upgrade', '--yes']
  const ofFirst = 'TemporalWorkerDeploymentVersion = "vodflow:1" AND ExecutionStatus = "Running"'
  await temporalCommand(...move, '--reason', 'build 1 has gone', '--query', ofFirst)
  await run(['callbacks', '--pull', 'default'], /^vodflow callbacks/)

  for (const each of [left, stays, fresh]) expect(await each.result()).toMatchObject({ status: 'succeeded' })
  expect(await Promise.all([left, stays, fresh].map(buildsOf))).toEqual([['1', '3'], ['2'], ['3']])
  expect(vod.books().tasks).toHaveLength(3)
})
