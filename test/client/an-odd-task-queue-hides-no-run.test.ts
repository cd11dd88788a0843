import { fileURLToPath } from 'node:url'
import type { WorkerDeploymentVersion } from '@temporalio/common'
import { Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildsIn, heldRunsIn } from '../../src/client/builds.js'
import { stuckRuns } from '../../src/client/stuckRuns.js'
import { makeCurrent } from '../support/builds.js'
import { plainBundleOf } from '../support/workflowCode.js'
import { openRig, type Rig, soon } from './rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await openRig()
})
afterAll(() => rig?.close())

/** Temporal takes all of these as names, and finds some of them with no query. */
const odd = [
  'q"q',
  "q'q",
  'q\\q',
  'q\\',
  'q\\"q',
  'q\\nq',
  'q\nq',
  'q\tq',
  'q\u0000q',
  'q\u001bq',
  'q" OR "1"="1',
  'q%q',
  'q`q',
]

it('runs without a worker are found on every queue, next to those with odd names', async () => {
  const { client } = rig.vodflow
  for (const [index, taskQueue] of ['before', ...odd, 'after'].entries())
    await client.workflow.start('nobodyHasThis', { workflowId: `odd/${index}`, taskQueue })
  const ids = Array.from({ length: odd.length + 2 }, (_, index) => `odd/${index}`)
  await expect
    .poll(async () => {
      const { groups, notAsked } = await stuckRuns(client)
      const found = groups.filter(({ reason }) => reason === 'noWorker').map(({ workflowId }) => workflowId)
      return { found: found.sort(), notAsked }
    })
    .toEqual({ found: ids.sort(), notAsked: [] })
})

const version = { deploymentName: 'odd', buildId: '1' }

/** Temporal remembers the last poll of a worker that has stopped. */
const oncePollsAreOld = { timeout: 150_000 }

it('runs that only one build takes are found on a queue that it no longer polls, next to odd names that it polls', async () => {
  const { client } = rig.vodflow
  const left = ['left', 'left"odd']
  const served = ['served', 'served"odd', "served'odd", 'served\\', 'served\nodd']
  const idOf = (taskQueue: string) => `pinned/${JSON.stringify(taskQueue)}`
  const leave = await workOn(left, version)
  const stop = await workOn(served, version)
  try {
    await makeCurrent(client, version)
    for (const taskQueue of [...left, ...served])
      await client.workflow.start('changes', { workflowId: idOf(taskQueue), taskQueue })
    const runs = async () => (await heldRunsIn(client)).map((build) => build.runs)
    await expect.poll(runs, soon).toEqual([left.length + served.length])
    await leave()
    await expect
      .poll(async () => {
        const { groups, notAsked } = await stuckRuns(client)
        const found = groups.filter(({ reason }) => reason === 'noWorkerOfBuild')
        return { found: found.map(({ workflowId, count }) => `${count} ${workflowId}`).sort(), notAsked }
      }, oncePollsAreOld)
      .toEqual({ found: left.map((queue) => `1 ${idOf(queue)}`), notAsked: [] })
  } finally {
    await stop()
  }
}, 200_000)

it.each(['w"q', 'w\u0000q', 'w%q'])(
  'the runs that wait for a current build on %j are counted',
  async (taskQueue) => {
    const { client } = rig.vodflow
    const deploymentName = `waits-${taskQueue.charCodeAt(1)}`
    const stop = await workOn([taskQueue], { deploymentName, buildId: '1' })
    try {
      for (const each of ['one', 'two'])
        await client.workflow.start('changes', { workflowId: `${deploymentName}/${each}`, taskQueue })
      const ofBuild = async () =>
        (await buildsIn(client)).find((build) => build.deploymentName === deploymentName)?.lacking
      await expect.poll(ofBuild, soon).toMatchObject({ taskQueue, runs: 2 })
    } finally {
      await stop()
    }
  },
)

/** @returns what stops the workers */
async function workOn(
  queues: readonly string[],
  version: WorkerDeploymentVersion,
): Promise<() => Promise<void>> {
  const workflowBundle = await plainBundleOf(
    fileURLToPath(new URL('../support/nightShift.ts', import.meta.url)),
  )
  const workerDeploymentOptions = {
    version,
    useWorkerVersioning: true as const,
    defaultVersioningBehavior: 'PINNED' as const,
  }
  const { connection } = rig
  const workers = await Promise.all(
    queues.map((taskQueue) =>
      Worker.create({ connection, taskQueue, workflowBundle, workerDeploymentOptions }),
    ),
  )
  const running = Promise.all(workers.map((worker) => worker.run()))
  return async () => {
    for (const worker of workers) worker.shutdown()
    await running
  }
}
