import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { spawnVodflow } from '../cli/cli.js'
import { type System, startSystem } from '../support/system.js'

/** An account that only workers of this test serve: real processes, which are killed. */
const account = 'killed'

let system: System
let worker: ChildProcess
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 50 })
  worker = await startWorker()
})
afterAll(async () => {
  worker.kill('SIGKILL')
  await system.close()
})

async function startWorker(): Promise<ChildProcess> {
  const child = spawnVodflow(['worker', '--account', account], system.environment)
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk
  })
  await vi.waitUntil(() => said.includes('vodflow worker:'), { timeout: 60_000 })
  return child
}

const workflows = () => system.vodflow.client.workflow
const exists = (workflowId: string) =>
  workflows()
    .getHandle(workflowId)
    .describe()
    .then(
      () => true,
      () => false,
    )

/** The part of a batch that is being started. */
async function pendingStart(workflowId: string) {
  const { raw } = await workflows().getHandle(workflowId).describe()
  return raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'startRuns')
}

/** Lets the worker go on for a moment at a time, until it has started runs of the batch and not yet said so. Then it is killed. */
async function killInTheMiddle(workflowId: string, FileIds: readonly string[]): Promise<void> {
  const first = FileIds.slice(0, 5)
  const late = AbortSignal.timeout(90_000)
  for (;;) {
    late.throwIfAborted()
    worker.kill('SIGSTOP')
    const pending = await pendingStart(workflowId)
    const begun = await Promise.all(pending ? first.map((FileId) => exists(`${workflowId}/${FileId}`)) : [])
    if (begun.includes(true)) break
    const { status } = await workflows().getHandle(workflowId).describe()
    if (status.name !== 'RUNNING')
      throw new Error(`the batch is ${status.name}: its worker was never seen while it started runs`)
    worker.kill('SIGCONT')
    await sleep(10)
  }
  worker.kill('SIGKILL')
  await once(worker, 'close')
}

/** Its attempt is over at once: its time limit would pass without an answer. */
async function endAttempt(workflowId: string): Promise<void> {
  const pending = await pendingStart(workflowId)
  await system.vodflow.client.workflowService.respondActivityTaskFailedById({
    namespace: 'default',
    workflowId,
    activityId: pending?.activityId ?? '',
    failure: { message: 'its worker was killed', applicationFailureInfo: {} },
  })
}

it.each([
  ['20 at once, 20 in all', { window: 20, maxTasks: 20 }, 20],
  ['11 in a day and in all', { window: 30, maxTasks: 11, maxTasksPerDay: 11 }, 11],
  ['7 at once, 13 in all', { window: 7, maxTasks: 13 }, 13],
])('%s: whose worker is killed while it starts runs', async (name, budget, most) => {
  const FileIds = await Promise.all(Array.from({ length: 30 }, () => system.media()))
  const workflowId = name.replaceAll(/\W/g, '-')
  const batch = await system.vodflow.batches.start(
    {
      source: { FileIds },
      ProcedureName: 'one',
      account,
      stopAtFailedPercent: 100,
      ...budget,
    },
    { workflowId },
  )
  await killInTheMiddle(workflowId, FileIds)
  await endAttempt(workflowId)
  worker = await startWorker()
  const { counts } = await batch.result()
  expect(counts).toMatchObject({ started: most, tasks: most, repeated: 0, skipped: 0, missing: 0 })
  expect(counts.ended).toMatchObject({ succeeded: most })
  expect(FileIds.flatMap((FileId) => system.tasksOf(FileId))).toHaveLength(most)
})
