import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Vodflow } from '../../src/client/vodflow.js'
import { vodflow } from '../cli/cli.js'
import { type System, startSystem } from '../support/system.js'
import { pathOf } from '../support/theirs.js'
import { bundleOf } from '../support/workflowCode.js'

let system: System
let connection: NativeConnection
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 100 })
  connection = await NativeConnection.connect({ address: system.temporal.address })
})
afterAll(async () => {
  await connection?.close()
  await system?.close()
})

const taskQueue = 'unanswerable'

/** A worker of the user's own code, on the one queue. */
async function served<T>(file: string, ask: () => Promise<T>): Promise<T> {
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowBundle: await bundleOf(pathOf(file)),
    // Each query is answered by a replay, as on a worker that has restarted.
    maxCachedWorkflows: 0,
  })
  return worker.runUntil(ask)
}

async function start(type: string): Promise<string> {
  const workflowId = `${type}-${Math.random()}`
  await system.vodflow.client.workflow.start(type, { workflowId, taskQueue })
  return workflowId
}

/** Every way to ask the worker of a run. */
async function asked(client: Vodflow, workflowId: string): Promise<Record<string, () => Promise<unknown>>> {
  const run = await client.attach(workflowId)
  return {
    steps: () => run.steps(),
    progress: () => run.progress(),
    gates: () => client.gates(workflowId),
    batch: () => client.batches.attach(workflowId).progress(),
  }
}

describe('a worker that is there and cannot answer', () => {
  it('because the query handler throws', async () => {
    await served('unanswerable', async () => {
      const workflowId = await start('throwsWhenAsked')
      for (const [name, ask] of Object.entries(await asked(system.vodflow, workflowId))) {
        await expect(ask(), name).rejects.toMatchObject({
          name: 'WorkflowTaskFailingError',
          queue: taskQueue,
          problem: expect.stringMatching(/^the board is broken/),
        })
      }
      const { stdout, code } = await vodflow(['status', workflowId], system.environment)
      expect(stdout).toMatch(/the board is broken/)
      expect(code).toBe(2)
      await system.vodflow.client.workflow.getHandle(workflowId).terminate()
    })
  })

  it('because the code no longer fits the history', async () => {
    const workflowId = await served('unanswerable', async () => {
      const id = await start('changes')
      const { client } = system.vodflow
      const hasTimer = async () =>
        (await client.workflow.getHandle(id).fetchHistory()).events?.some(
          (e) => e.timerStartedEventAttributes,
        )
      await expect.poll(hasTimer).toBe(true)
      return id
    })
    await served('unanswerableChanged', async () => {
      for (const [name, ask] of Object.entries(await asked(system.vodflow, workflowId)))
        await expect(ask(), name).rejects.toMatchObject({
          name: 'WorkflowTaskFailingError',
          problem: expect.stringMatching(/nondeterminism/i),
        })
      const { stdout, code } = await vodflow(['status', workflowId], system.environment)
      expect(stdout).toMatch(/nondeterminism/i)
      expect(code).toBe(2)
    })
    await system.vodflow.client.workflow.getHandle(workflowId).terminate()
  })
})
