import { fileURLToPath } from 'node:url'
import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type DevServer, startTemporalDevServer } from '../../src/cli/dev/devServer.js'
import { heldRunsIn } from '../../src/client/builds.js'
import { connect } from '../../src/client/connect.js'
import { stuckRuns } from '../../src/client/stuckRuns.js'
import type { Vodflow } from '../../src/client/vodflow.js'
import { vodflow as command } from '../cli/cli.js'
import { makeCurrent } from '../support/builds.js'
import { quietRuntime } from '../support/quietRuntime.js'
import { plainBundleOf } from '../support/workflowCode.js'

const soon = { timeout: 60_000, interval: 100 }
const version = { deploymentName: 'asleep', buildId: '1' }

let temporal: DevServer
let vodflow: Vodflow
let connection: NativeConnection

beforeAll(async () => {
  quietRuntime()
  temporal = await startTemporalDevServer()
  vodflow = await connect({ address: temporal.address })
  connection = await NativeConnection.connect({ address: temporal.address })
})
afterAll(async () => {
  await connection?.close()
  await vodflow?.close()
  await temporal?.close()
})

it('a run that is paused counts as one of its build, and is told', async () => {
  const worker = await Worker.create({
    connection,
    taskQueue: 'asleep',
    workflowBundle: await plainBundleOf(fileURLToPath(new URL('../support/nightShift.ts', import.meta.url))),
    workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' },
  })
  await worker.runUntil(async () => {
    await makeCurrent(vodflow.client, version)
    await vodflow.client.workflow.start('changes', { workflowId: 'asleep', taskQueue: 'asleep' })
    const runs = async () => (await heldRunsIn(vodflow.client)).map((build) => build.runs)
    await expect.poll(runs, soon).toEqual([1])
    await vodflow.client.workflowService.pauseWorkflowExecution({
      namespace: 'default',
      workflowId: 'asleep',
      identity: 'an operator',
      reason: 'wrong template',
    })
    const paused = () => vodflow.client.workflow.count('ExecutionStatus = "Paused"')
    await expect.poll(paused, soon).toMatchObject({ count: 1 })
    expect(await runs()).toEqual([1])
    expect((await stuckRuns(vodflow.client)).groups).toMatchObject([
      { reason: 'paused', count: 1, workflowId: 'asleep', ours: false },
    ])
    const { code, stdout } = await command(['status', 'asleep', '--json'], {
      TEMPORAL_ADDRESS: temporal.address,
    })
    expect(JSON.parse(stdout).runs).toMatchObject([
      {
        problem: expect.stringMatching(/is paused since \S+Z by an operator: wrong template\./),
        stuck: { reason: 'paused', remedy: expect.stringContaining('workflow unpause --workflow-id asleep') },
      },
    ])
    expect(code).toBe(2)
    const run = await vodflow.attach('asleep')
    await expect(run.progress()).rejects.toMatchObject({ name: 'RunPausedError' })
    const decision = { gate: 'publish', decision: 'approved', by: 'a person', reason: 'it is good' } as const
    await expect(vodflow.decide('asleep', decision)).rejects.toMatchObject({ name: 'RunPausedError' })
  })
})
