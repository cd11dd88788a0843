import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WorkflowStartOptions } from '@temporalio/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readStart } from '../../src/client/earlierRun.js'
import { type SweepInput, sweepIdOf, sweepType } from '../../src/contract/sweep.js'
import type { DoctorFinding } from '../../src/operate/doctor/index.js'
import { vodflow } from '../cli/cli.js'
import { type System, startSystem, transcodeOnly } from '../support/system.js'

const soon = { timeout: 60_000, interval: 100 }
const account = 'default'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant' }, { interval: 60_000 })
})
afterAll(() => system?.close())

async function findings(): Promise<readonly DoctorFinding[]> {
  const { stdout } = await vodflow(['doctor', '--json'], system.environment)
  const lines = stdout.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line)).filter(({ check }: DoctorFinding) => check === 'sweep')
}

/** Takes the id of the sweep of a sub-app. */
async function take(
  SubAppId: number,
  type: string,
  input: unknown,
  more: Partial<WorkflowStartOptions> = {},
) {
  const workflowId = sweepIdOf({ account, SubAppId })
  const { workflow } = system.vodflow.client
  await workflow.start(type, { workflowId, taskQueue: 'vodflow', args: [input], ...more })
  return workflowId
}

/** Submits in a sub-app, which starts its sweep. Its events go nowhere. */
async function submit(SubAppId: number) {
  const file = join(tmpdir(), `vodflow-taken-${process.pid}.mp4`)
  await writeFile(file, '')
  const { FileId } = await system.vod.upload(file, { SubAppId })
  await system.vodClient.call('CreateProcedureTemplate', { ...transcodeOnly, SubAppId })
  await system.vodflow.process({ ProcedureName: 'one', FileId, SubAppId })
  await expect.poll(() => system.tasksOf(FileId).length, soon).toBe(1)
}

async function latest(workflowId: string) {
  const { client } = system.vodflow
  const run = await client.workflow.getHandle(workflowId).describe()
  return { ...run, input: (await readStart(client, run))?.args[0] as SweepInput }
}

const year = '365 days'
const others = (SubAppId: number): Record<string, () => Promise<string>> => ({
  'a start delay of a year': () => take(SubAppId, sweepType, { account, SubAppId }, { startDelay: year }),
  'another account': () => take(SubAppId, sweepType, { account: 'nobody', SubAppId }),
  'another task queue': () => take(SubAppId, sweepType, { account, SubAppId }, { taskQueue: 'theirs' }),
})

it.each([
  ['a start delay of a year', /starts only at /],
  ['another account', /sweeps another application than its id names$/],
  ['another task queue', /is on the task queue "theirs"$/],
] as const)(
  'by a sweep with %s: doctor names it, and a submit replaces it',
  { timeout: 180_000 },
  async (name, what) => {
    const SubAppId = 1_500_000_600 + name.length
    const workflowId = await others(SubAppId)[name]?.()
    await expect.poll(findings, { interval: 500 }).toContainEqual({
      check: 'sweep',
      state: 'bad',
      what: expect.stringMatching(what),
      fix: expect.stringContaining(`temporal workflow terminate --workflow-id ${workflowId}`),
    })
    await submit(SubAppId)
    await expect
      .poll(() => latest(workflowId ?? ''), soon)
      .toMatchObject({
        type: sweepType,
        taskQueue: 'vodflow',
        input: { account, SubAppId, times: { interval: 60_000 } },
      })
    await expect.poll(async () => (await latest(workflowId ?? '')).historyLength, soon).toBeGreaterThan(4)
    await expect.poll(findings, { interval: 500 }).toEqual([])
  },
)

it('by a run of another type: it may have tasks, so doctor names it, and nothing ends it', {
  timeout: 180_000,
}, async () => {
  const SubAppId = 1_500_000_700
  const workflowId = await take(SubAppId, 'films', {}, { taskQueue: 'theirs' })
  const { runId } = await latest(workflowId)
  await submit(SubAppId)
  await expect
    .poll(findings, { interval: 500 })
    .toMatchObject([{ state: 'bad', what: `"${workflowId}" is a run of "films", not a sweep` }])
  expect(await latest(workflowId)).toMatchObject({ runId, status: { name: 'RUNNING' } })
  await system.vodflow.client.workflow.getHandle(workflowId).terminate()
})

it('by a sweep that is slower than the runs themselves: doctor names it', async () => {
  const SubAppId = 1_500_000_701
  const workflowId = await take(SubAppId, sweepType, { account, SubAppId, times: { interval: '72 hours' } })
  await expect
    .poll(findings, { interval: 500 })
    .toMatchObject([{ state: 'bad', what: `"${workflowId}" finds tasks only after up to 72 hours` }])
  await system.vodflow.client.workflow.getHandle(workflowId).terminate()
})
