import { afterAll, beforeAll, expect, it } from 'vitest'
import { audit } from '../../src/operate/audit/index.js'
import { type System, startSystem } from '../support/system.js'
import { startTheirs, type Theirs } from '../support/theirs.js'

let system: System
let theirs: Theirs
beforeAll(async () => {
  system = await startSystem({ media: 'instant', taskTime: 50, reviewTime: 600_000 })
  theirs = await startTheirs(system, 'loud')
})
// The last test stops the worker.
afterAll(() => system?.close())

const audited = (repair: boolean) =>
  audit({
    vodflow: system.vodflow,
    vod: system.vodClient,
    account: 'default',
    keys: system.macKeys,
    subApps: [undefined],
    windowMs: 72 * 3_600_000,
    repair,
  })
const findingsOf = async (workflowId: string, repair = false) => {
  const { findings } = await audited(repair)
  return findings.filter((each) => 'workflowId' in each && each.workflowId === workflowId)
}
const handleOf = (workflowId: string) => system.vodflow.client.workflow.getHandle(workflowId)
const endOf = (workflowId: string, status: string) =>
  expect.poll(async () => (await handleOf(workflowId).describe()).status.name).toBe(status)
const reviewOf = (FileId: string) =>
  system.tasksOf(FileId).find(({ TaskType }) => TaskType === 'ReviewAudioVideo')?.TaskId

/** A workflow whose step has read its Procedure, and waits for the moderation. */
async function waiting() {
  const FileId = await system.media()
  const workflowId = await theirs.start('untilTold', { request: { FileId, ProcedureName: 'two' } })
  const run = await system.vodflow.attach(workflowId)
  const read = async () => (await run.progress())?.tasks.filter(({ Status }) => Status === 'FINISH') ?? []
  await expect.poll(async () => (await read()).length).toBe(1)
  return { FileId, workflowId, run }
}

it('finds what a workflow left that returned while its step waited, and adopts it', async () => {
  const { FileId, workflowId } = await waiting()
  await handleOf(workflowId).signal('told')
  await endOf(workflowId, 'FAILED')
  const finding = { kind: 'taskWithoutRun', run: 'failed', TaskId: reviewOf(FileId) }
  expect(await findingsOf(workflowId)).toMatchObject([finding])
  expect(await findingsOf(workflowId, true)).toMatchObject([{ ...finding, repaired: true }])
  expect(await findingsOf(workflowId)).toEqual([])
})

it('finds what a workflow left that failed, but not what had failed it', async () => {
  system.vod.faults.add({ kind: 'failSubTask', Type: 'Transcode', code: 'SourceFileError' })
  const fails = { FileId: await system.media(), ProcedureName: 'one' }
  const slow = { FileId: await system.media(), ProcedureName: 'two' }
  const workflowId = await theirs.start('publishAll', [{ request: fails }, { request: slow }])
  await endOf(workflowId, 'FAILED')
  system.vod.faults.clear()
  const left = (await findingsOf(workflowId)).map((each) => 'TaskId' in each && each.TaskId)
  expect(left).toContain(reviewOf(slow.FileId))
  expect(left).not.toContain(system.tasksOf(fails.FileId)[0]?.TaskId)
})

it.each(['canceled', 'detached'] as const)('is silent about a step that was %s', async (how) => {
  const { workflowId, run } = await waiting()
  if (how === 'canceled') await run.cancel()
  else await run.detach()
  await endOf(workflowId, how === 'canceled' ? 'CANCELLED' : 'FAILED')
  expect(await findingsOf(workflowId)).toEqual([])
})

it('finds the task of a submit that had no answer when its workflow returned', async () => {
  system.vod.faults.add({ kind: 'slow', action: 'ProcessMediaByProcedure', delay: 3_000, times: 1 })
  const FileId = await system.media()
  const workflowId = await theirs.start('untilTold', { request: { FileId, ProcedureName: 'one' } })
  const pending = async () => (await handleOf(workflowId).describe()).raw.pendingActivities ?? []
  await expect.poll(async () => (await pending()).map(({ state }) => state)).toEqual([2])
  await handleOf(workflowId).signal('told')
  await endOf(workflowId, 'FAILED')
  await expect.poll(() => system.tasksOf(FileId).map(({ Status }) => Status)).toEqual(['FINISH'])
  const { TaskId } = system.tasksOf(FileId)[0] ?? {}
  const finding = { kind: 'taskWithoutRun', run: 'failed', TaskId }
  expect(await findingsOf(workflowId)).toMatchObject([finding])
  expect(await findingsOf(workflowId, true)).toMatchObject([{ ...finding, repaired: true }])
})

it('without a worker, finds only what cannot have been read', async () => {
  const { FileId, workflowId } = await waiting()
  const canceled = await waiting()
  await canceled.run.cancel()
  const accepting = await system.media()
  const accepts = await theirs.start('judge', { request: { FileId: accepting, ProcedureName: 'two' } })
  const run = await system.vodflow.attach(accepts)
  await expect.poll(async () => (await run.progress())?.phase).toBe('waiting')
  await run.detach()
  await endOf(accepts, 'COMPLETED')
  await handleOf(workflowId).signal('told')
  await endOf(workflowId, 'FAILED')
  await endOf(canceled.workflowId, 'CANCELLED')
  await theirs.close()
  expect(await findingsOf(workflowId)).toMatchObject([{ TaskId: reviewOf(FileId) }])
  expect(await findingsOf(canceled.workflowId)).toEqual([])
  // Its code may have detached the step before VOD ended the task.
  system.vod.switches.ignoreSkew = true
  system.vod.clock.advance(600_000)
  const open = () =>
    [FileId, accepting].flatMap((id) => system.tasksOf(id)).filter(({ Status }) => Status !== 'FINISH')
  await expect.poll(open).toEqual([])
  const { findings, unasked } = await audited(false)
  expect(findings).toContainEqual(
    expect.objectContaining({ workflowId, run: 'failed', TaskId: reviewOf(FileId) }),
  )
  expect(findings.filter((each) => 'workflowId' in each && each.workflowId === accepts)).toEqual([])
  const why = expect.stringMatching(/^no worker answered within 3 s$/)
  expect(unasked).toContainEqual({ workflowId: accepts, TaskId: reviewOf(accepting), why })
})
