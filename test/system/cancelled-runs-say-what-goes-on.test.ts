import { afterAll, beforeAll, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'

let system: System
beforeAll(async () => {
  system = await startSystem({ media: 'instant', instantMs: 60_000, reviewMs: 60_000, waitingMs: 8_000 })
})
afterAll(() => system.close())

it('a task that has not begun is aborted at VOD', async () => {
  const FileId = await system.media()
  const run = await system.vodflow.process({ FileId, ProcedureName: 'two' })
  await expect.poll(async () => (await run.progress()).phase).toBe('waiting')
  await run.cancel()
  await expect(run.result()).rejects.toThrow(/canceled/)
  expect(system.tasksOf(FileId).map(({ Status }) => Status)).toEqual(['ABORTED', 'ABORTED'])
  const stopped = system.tasksOf(FileId).map(({ TaskId }) => TaskId)
  const { memo } = await system.vodflow.client.workflow.getHandle(run.workflowId).describe()
  const cancelled = { stopped, ended: [], left: [], submitUnanswered: false }
  expect(memo?.['vodflow.cancelled']).toEqual(cancelled)
  const progress = await run.progress()
  expect(progress).toMatchObject({ phase: 'settled', cancelled })
  expect(progress.outcome).toBeUndefined()
})

it('a task that has begun goes on, and the run says so', async () => {
  const FileId = await system.media()
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' }, { delays: { lag: [50] } })
  await expect.poll(() => system.tasksOf(FileId)[0]?.Status, { timeout: 20_000 }).toBe('PROCESSING')
  await run.cancel()
  await expect(run.result()).rejects.toThrow(/canceled/)
  const { memo, status } = await system.vodflow.client.workflow.getHandle(run.workflowId).describe()
  expect(status.name).toBe('CANCELLED')
  expect(memo?.['vodflow.cancelled']).toMatchObject({
    stopped: [],
    left: [system.tasksOf(FileId)[0]?.TaskId],
  })
})

it('a submit in flight is awaited, and what it made is aborted', async () => {
  const FileId = await system.media()
  system.vod.faults.add({ kind: 'slow', action: 'ProcessMediaByProcedure', ms: 1_500, times: 1 })
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' })
  await expect.poll(async () => (await run.progress()).phase).toBe('submitting')
  await run.cancel()
  await expect(run.result()).rejects.toThrow(/canceled/)
  expect(system.tasksOf(FileId).map(({ Status }) => Status)).toEqual(['ABORTED'])
})

it('an event of an aborted task ends a run that was not canceled as aborted', async () => {
  const FileId = await system.media()
  const run = await system.vodflow.process({ FileId, ProcedureName: 'one' })
  await expect.poll(() => system.tasksOf(FileId).length).toBe(1)
  await system.vodClient.call('ManageTask', {
    TaskId: system.tasksOf(FileId)[0]?.TaskId ?? '',
    OperationType: 'Abort',
  })
  expect(await run.result()).toMatchObject({ status: 'aborted' })
})
