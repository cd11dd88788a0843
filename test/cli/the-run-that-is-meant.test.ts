import { NativeConnection, Worker } from '@temporalio/worker'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'
import { pathOf, startTheirs, type Theirs } from '../support/theirs.js'
import { bundleOf } from '../support/workflowCode.js'
import { vodflow } from './cli.js'

let system: System
let theirs: Theirs
beforeAll(async () => {
  // A task is WAITING for as long as a test needs.
  system = await startSystem({ media: 'instant', waitingTime: 3_600_000 })
  theirs = await startTheirs(system, 'own')
})
afterAll(async () => {
  await theirs.close()
  await system.close()
})

const soon = { timeout: 60_000, interval: 200 }
const run = (...args: readonly string[]) => vodflow(args, system.environment)
const workflows = () => system.vodflow.client.workflow
/** Temporal's index of runs is a moment behind. */
const listed = async (options: Parameters<System['vodflow']['list']>[0]) => {
  const ids: string[] = []
  for await (const { workflowId } of system.vodflow.list(options)) ids.push(workflowId)
  return ids
}
const lines = (text: string) => text.trim().split('\n')

it('of several runs of a file, the only one that has not ended', async () => {
  const FileId = await system.media()
  const one = await system.vodflow.process({ FileId, ProcedureName: 'one' })
  await one.detach()
  await one.result()
  const two = await system.vodflow.process({ FileId, ProcedureName: 'two' })
  await expect.poll(() => listed({ FileId }), soon).toHaveLength(2)
  await expect.poll(() => listed({ FileId, status: 'Running' }), soon).toEqual([two.workflowId])
  const { code, stdout, stderr } = await run('cancel', FileId)
  expect(stderr).toMatch(`vodflow: "${FileId}" belongs to 2 runs; ${two.workflowId} has not ended\n`)
  expect(stdout).toMatch(`The run "${two.workflowId}" was canceled`)
  expect(code).toBe(0)
  const ended = await run('cancel', FileId)
  expect(ended.stderr).toMatch(/belongs to 2 runs; pass one of: /)
  expect(ended.stderr).toContain(`${one.workflowId} (FAILED)`)
  expect(ended.stderr).toContain(`${two.workflowId} (CANCELED)`)
  expect(ended.code).toBe(1)
})

it.each(['retry', 'rerun'])('%s of a workflow of the user says what to do instead', async (verb) => {
  const workflowId = await theirs.start('stays')
  const { code, stderr } = await run(verb, workflowId, '--reason', 'again')
  expect(stderr).toMatch(
    new RegExp(
      `id: "${workflowId}" is your own workflow \\(stays\\), and vodflow ${verb} is for a run of one step; start it again with your own program.*temporal workflow reset; vodflow report ${workflowId} shows`,
    ),
  )
  expect(code).toBe(1)
  await workflows().getHandle(workflowId).terminate()
})

it('list has a header, the latest start first, and one spelling', async () => {
  const old = await theirs.start('stays')
  const canceled = await theirs.start('stays')
  await workflows().getHandle(canceled).cancel()
  await expect(workflows().getHandle(canceled).result()).rejects.toMatchObject({
    cause: { name: 'CancelledFailure' },
  })
  const latest = await theirs.start('returns')
  await workflows().getHandle(latest).result()
  await expect.poll(() => listed({ type: 'returns', status: 'Completed' }), soon).toContain(latest)
  await expect.poll(() => listed({ type: 'stays', status: 'Canceled' }), soon).toContain(canceled)
  const table = await run('list', '--type', 'stays')
  const [header = '', ...rows] = lines(table.stdout)
  expect(header).toMatch(/^STARTED +STATUS +TYPE +WORKFLOW ID +ENDED +REASON$/)
  const starts = rows.map((row) => row.slice(0, 20))
  expect(starts).toEqual(starts.toSorted().reverse())
  const json = await run('list', '--json')
  const ids = lines(json.stdout).map((line) => JSON.parse(line).workflowId)
  expect(ids.filter((id) => [old, canceled, latest].includes(id))).toEqual([latest, canceled, old])
  const more = [
    await run('status', canceled),
    await run('status', canceled, '--json'),
    await run('cancel', canceled),
  ]
  for (const { stdout, stderr } of [table, json, ...more]) {
    expect(stdout + stderr).toMatch(/CANCELED|canceled/)
    expect(stdout + stderr).not.toMatch(/cancelled/i)
  }
  await workflows().getHandle(old).terminate()
})

it('status of a run that failed names its report, and its page in the Temporal UI', async () => {
  const workflowId = await theirs.start('fails', 'the source is gone')
  const handle = workflows().getHandle(workflowId)
  await expect(handle.result()).rejects.toMatchObject({ cause: { message: 'the source is gone' } })
  const { runId } = await handle.describe()
  const page = `${system.temporal.uiUrl}/namespaces/default/workflows/${workflowId}/${runId}`
  const { stdout, code } = await run('status', workflowId)
  expect(stdout).toContain(
    `\n  for a full report: vodflow report ${workflowId}\n  in the Temporal UI: ${page}\n`,
  )
  expect(code).toBe(2)
  const { VODFLOW_TEMPORAL_UI: _, ...unknown } = system.environment
  expect((await vodflow(['status', workflowId], unknown)).stdout).not.toContain('in the Temporal UI:')
})

it('exit code 1 where a worker polls and does not answer', async () => {
  const taskQueue = 'gone'
  const connection = await NativeConnection.connect({ address: system.temporal.address })
  const workflowBundle = await bundleOf(pathOf('own'))
  const worker = await Worker.create({ connection, taskQueue, workflowBundle })
  const workflowId = `unanswered-${Math.random()}`
  await worker.runUntil(async () => {
    const handle = await workflows().start('stays', { workflowId, taskQueue })
    await expect.poll(async () => (await handle.describe()).historyLength, soon).toBeGreaterThan(4)
  })
  await connection.close()
  // Temporal lists a poller for minutes after it has gone.
  const { code, stdout } = await run('status', workflowId)
  expect(stdout).toMatch(
    new RegExp(`No worker on the task queue "gone" answered for "${workflowId}" in time`),
  )
  expect(code).toBe(1)
})
